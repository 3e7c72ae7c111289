import DuckDB

/// Rows as CSV (RFC 4180, lines end with a line feed): a header always, null as nothing, empty
/// text as `""`.
enum CSVForm {
    static func write(_ result: borrowing QueryResult, to output: StandardOutput) throws {
        output.write(line(result.columns.map { cell($0.name) }))
        while let chunk = try result.nextChunk() {
            let columns = chunk.columnCount
            for row in 0..<chunk.rowCount {
                let cells = (0..<columns).map { column in
                    ValueText.plain(chunk.value(column: column, row: row)).map(cell) ?? ""
                }
                output.write(line(cells))
            }
        }
    }

    private static func line(_ cells: [String]) -> String {
        cells.joined(separator: ",") + "\n"
    }

    private static func cell(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes || text.isEmpty else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
