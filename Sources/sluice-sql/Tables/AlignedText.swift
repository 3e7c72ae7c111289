/// Rows of text in columns that stand below each other.
struct AlignedText: CustomStringConvertible {
    private var rows: [[String]]
    private let numbers: Set<Int>
    private let indent: String

    /// Begins with a header; the columns in `numbers` are aligned to the right.
    init(header: [String], numbers: Set<Int> = [], indent: String = "") {
        rows = [header]
        self.numbers = numbers
        self.indent = indent
    }

    /// Adds a row, with as many cells as the header has.
    mutating func add(_ row: [String]) { rows.append(row) }

    /// Whether there is nothing but the header.
    var isEmpty: Bool { rows.count == 1 }

    /// The lines, each with its end.
    var description: String {
        let widths = rows[0].indices.map { column in
            rows.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(
                    repeating: " ",
                    count: widths[column] - cell.unicodeScalars.count
                )
                return numbers.contains(column) ? space + cell : cell + space
            }
            var line = indent + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
