/// A page of text: lines with indents, long ones wrapped under their beginning.
struct TextPage {
    private(set) var lines: [String] = []
    private let width: Int

    init(width: Int) { self.width = width }

    /// An empty line, unless the last one is.
    mutating func gap() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    /// A line, wrapped where it is too long.
    mutating func line(_ text: String, indent: Int = 0) {
        let margin = String(repeating: " ", count: indent)
        for part in PlainText.wrapped(PlainText.line(text), to: max(20, width - indent)) {
            lines.append(margin + part)
        }
    }

    /// A line as it is, however long: for what is to be copied, or stands in columns.
    mutating func raw(_ text: String, indent: Int = 0) {
        lines.append(String(repeating: " ", count: indent) + PlainText.line(text))
    }

    /// A label, and what belongs to it beside it, each text on lines of its own.
    mutating func labelled(
        _ label: String,
        _ texts: [String],
        indent: Int = 0,
        width labelWidth: Int
    ) {
        let margin = String(repeating: " ", count: indent)
        let under = margin + String(repeating: " ", count: labelWidth)
        var isFirst = true
        for text in texts {
            let room = max(20, width - indent - labelWidth)
            for part in PlainText.wrapped(PlainText.line(text), to: room) {
                let space = String(
                    repeating: " ",
                    count: max(1, labelWidth - PlainText.width(of: label))
                )
                lines.append((isFirst ? margin + label + space : under) + part)
                isFirst = false
            }
        }
    }

    /// Rows in columns that are as wide as they need to be; `numbers` are those aligned to the right.
    mutating func table(_ rows: [[String]], numbers: Set<Int> = [], indent: Int = 0) {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? PlainText.width(of: $0[column]) : 0 }.max()
                ?? 0
        }
        for row in rows {
            var text = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                let space = String(
                    repeating: " ",
                    count: max(0, widths[column] - PlainText.width(of: cell))
                )
                text += (numbers.contains(column) ? space + cell : cell + space) + "  "
            }
            while text.hasSuffix(" ") { text.removeLast() }
            lines.append(PlainText.line(text))
        }
    }
}
