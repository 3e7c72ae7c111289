import DuckDB

/// Rows as a table for people: columns aligned, numbers to the right, long cells cut.
enum TableForm {
    /// How many rows decide the widths of the columns.
    private static let measuredRows = 10_000
    private static let widestCell = 80

    static func write(_ result: borrowing QueryResult, to output: StandardOutput) throws {
        let header = result.columns.map(\.name)
        let isNumber = result.columns.map(\.type.isNumber)
        var widths = header.map(\.count)
        var waiting: [[String]] = []
        var count = 0
        var isHeaderOut = false

        func writeRow(_ cells: [String], numbers: [Bool]) {
            let padded = zip(zip(cells, widths), numbers).map { cell, isNumber in
                let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                return isNumber ? space + cell.0 : cell.0 + space
            }
            var line = padded.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            output.write(line + "\n")
        }
        func writeWaiting() {
            if !isHeaderOut {
                writeRow(header, numbers: isNumber)
                output.write(
                    widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
                )
                isHeaderOut = true
            }
            for cells in waiting { writeRow(cells, numbers: isNumber) }
            waiting = []
        }

        while let chunk = try result.nextChunk() {
            for row in 0..<chunk.rowCount {
                let cells = header.indices.map { cell(chunk.value(column: $0, row: row)) }
                if !isHeaderOut { widths = zip(widths, cells).map { max($0, $1.count) } }
                waiting.append(cells)
            }
            count += chunk.rowCount
            if count >= measuredRows { writeWaiting() }
        }
        writeWaiting()
        output.write(count == 1 ? "(1 row)\n" : "(\(count) rows)\n")
    }

    /// A value on one line, cut where it is long.
    static func cell(_ value: SQLValue) -> String {
        guard let text = ValueText.plain(value) else { return "NULL" }
        var shown = ""
        for character in text.prefix(widestCell + 1) {
            switch character {
            case "\n", "\r\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}": shown += "?"
            default: shown.append(character)
            }
        }
        return shown.count > widestCell ? shown.prefix(widestCell - 3) + "..." : shown
    }
}
