/// Lines over a common axis, one for each column of numbers.
///
/// Numbers, days and times in the first column are places on the x axis; other rows follow each
/// other at equal distances. A null interrupts its line.
struct LineDrawing {
    let lines: [String]
    /// What is not drawn, in words.
    let leftOut: [String]

    private static let height = 16
    private static let fewestCells = 20
    private static let marks: [Character] = ["•", "+", "x", "o", "#", "%"]

    init(rows: ChartRows, width: Int) {
        let all = rows.places ?? (0..<rows.count).map { Double($0) }
        let order = all.indices.filter { all[$0] != nil }
            .sorted { (all[$0] ?? 0, $0) < (all[$1] ?? 0, $1) }
        let places = order.compactMap { all[$0] }
        let series = Array(rows.series.prefix(Self.marks.count))
        let values = series.flatMap { one in order.compactMap { one.values[$0] } }
        var leftOut: [String] = []
        if order.count < rows.count {
            leftOut.append("\(Figures.rows(rows.count - order.count)) without x")
        }
        if series.count < rows.series.count {
            let others = rows.series.dropFirst(series.count).map(\.name)
            leftOut.append("more columns of numbers: \(others.joined(separator: ", "))")
        }
        self.leftOut = leftOut
        guard let first = places.first, let last = places.last, !values.isEmpty else {
            lines = ["(no values)"]
            return
        }
        let scale = ChartScale(values, steps: 5)
        let texts = scale.marks.map(scale.text)
        let textWidth = texts.map(\.count).max() ?? 0
        let cells = max(Self.fewestCells, width - textWidth - 2)
        func column(_ place: Double) -> Int {
            guard last > first else { return cells / 2 }
            let share = (place / 2 - first / 2) / (last / 2 - first / 2)
            return Int((share * Double(cells - 1)).rounded())
        }
        func line(_ value: Double) -> Int {
            Self.height - 1 - Int((scale.share(value) * Double(Self.height - 1)).rounded())
        }
        var canvas = Canvas(width: cells, height: Self.height)
        for (index, one) in series.enumerated().reversed() {
            var before: (x: Int, y: Int)?
            for row in order {
                guard let place = all[row], let value = one.values[row] else {
                    before = nil
                    continue
                }
                let point = (x: column(place), y: line(value))
                canvas.draw(from: before ?? point, to: point, Self.marks[index])
                before = point
            }
        }
        var axis = [Int: String](minimumCapacity: texts.count)
        for (mark, text) in zip(scale.marks, texts) { axis[line(mark)] = text }
        var lines = canvas.lines.enumerated().map { index, cells in
            let text = axis[index]
            return ((text ?? "").leftPadded(to: textWidth) + (text == nil ? " │" : " ┤") + cells)
                .rightTrimmed
        }
        let indent = String(repeating: " ", count: textWidth + 1)
        lines.append(indent + "└" + String(repeating: "─", count: cells))
        let labels = order.map { (column: column(all[$0] ?? 0), text: rows.labels[$0] ?? "NULL") }
        lines.append(indent + " " + Self.axisLabels(labels, width: cells))
        if rows.series.count > 1 {
            let legend = zip(Self.marks, series).map { "\($0) \($1.name)" }
            lines.append(indent + " " + legend.joined(separator: "   "))
        }
        self.lines = lines
    }

    /// The labels of the first and the last place, and of the one nearest to the middle.
    private static func axisLabels(_ labels: [(column: Int, text: String)], width: Int) -> String {
        guard let first = labels.first, let last = labels.last else { return "" }
        guard labels.count > 1, first.column < last.column else {
            let start = max(0, min(first.column - first.text.count / 2, width - first.text.count))
            return String(repeating: " ", count: start) + first.text
        }
        let space = width - first.text.count - last.text.count
        guard space > 0 else { return first.text }
        let middle = labels.min { abs($0.column - width / 2) < abs($1.column - width / 2) }
        let start = middle.map { $0.column - $0.text.count / 2 } ?? 0
        let end = start + (middle?.text.count ?? 0)
        guard let middle, start > first.text.count + 1, end < width - last.text.count - 1 else {
            return first.text + last.text.leftPadded(to: width - first.text.count)
        }
        let left = (first.text.padded(to: start) + middle.text)
        return left + last.text.leftPadded(to: width - left.count)
    }

    /// Cells to draw into.
    private struct Canvas {
        private var cells: [[Character]]

        init(width: Int, height: Int) {
            cells = Array(repeating: Array(repeating: " ", count: width), count: height)
        }

        var lines: [String] { cells.map { String($0) } }

        /// Draws a straight line, both ends included.
        mutating func draw(
            from start: (x: Int, y: Int),
            to end: (x: Int, y: Int),
            _ mark: Character
        ) {
            let steps = max(abs(end.x - start.x), abs(end.y - start.y))
            for step in 0...steps {
                let share = steps == 0 ? 0 : Double(step) / Double(steps)
                let x = start.x + Int((Double(end.x - start.x) * share).rounded())
                let y = start.y + Int((Double(end.y - start.y) * share).rounded())
                cells[y][x] = mark
            }
        }
    }
}
