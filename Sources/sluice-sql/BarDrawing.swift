/// Horizontal bars, one for each row and column of numbers, from a common zero.
struct BarDrawing {
    let rows: ChartRows
    let width: Int

    private static let fewestCells = 10
    private static let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    var lines: [String] {
        let isSeveral = rows.series.count > 1
        let names = isSeveral ? rows.series.map { Self.cut($0.name, to: width / 4) } : []
        let labels = rows.labels.map { Self.cut($0 ?? "NULL", to: width / 3) }
        let values = rows.series.map { $0.values.map { $0.map(ChartNumber.text) ?? "NULL" } }
        let labelWidth = labels.map(\.count).max() ?? 0
        let nameWidth = names.map(\.count).max() ?? 0
        let valueWidth = values.joined().map(\.count).max() ?? 0
        let used = labelWidth + 2 + (isSeveral ? nameWidth + 2 : 0) + valueWidth + 2
        let bars = Bars(
            rows.series.flatMap(\.values).compactMap(\.self),
            cells: max(Self.fewestCells, width - used)
        )
        var lines: [String] = []
        for row in 0..<rows.count {
            for (index, series) in rows.series.enumerated() {
                var parts = [(index == 0 ? labels[row] : "").padded(to: labelWidth)]
                if isSeveral { parts.append(names[index].padded(to: nameWidth)) }
                parts.append(values[index][row].leftPadded(to: valueWidth))
                parts.append(bars.bar(series.values[row]))
                lines.append(parts.joined(separator: "  ").rightTrimmed)
            }
        }
        return lines
    }

    private static func cut(_ text: String, to width: Int) -> String {
        let width = max(8, width)
        return text.count > width ? text.prefix(width - 3) + "..." : text
    }

    /// Bars of one scale, with an axis where there are values below zero.
    private struct Bars {
        private let below: Int
        private let above: Int
        private let least: Double
        private let greatest: Double

        init(_ values: [Double], cells: Int) {
            least = min(0, values.min() ?? 0)
            greatest = max(0, values.max() ?? 0)
            guard least < 0 else {
                (below, above) = (0, cells)
                return
            }
            let share = (least / 2) / (least / 2 - greatest / 2)
            let room = cells - 1
            below =
                greatest == 0 ? room : min(room - 1, max(1, Int((share * Double(room)).rounded())))
            above = room - below
        }

        func bar(_ value: Double?) -> String {
            let isAxisShown = below > 0
            guard let value else {
                return isAxisShown ? String(repeating: " ", count: below) + "│" : ""
            }
            guard isAxisShown else { return Self.right(value / greatest, cells: above) }
            guard value < 0 else {
                return String(repeating: " ", count: below) + "│"
                    + Self.right(greatest == 0 ? 0 : value / greatest, cells: above)
            }
            return Self.left(value / least, cells: below).leftPadded(to: below) + "│"
        }

        /// A bar that grows to the right, exact to an eighth of a cell.
        private static func right(_ share: Double, cells: Int) -> String {
            guard share > 0 else { return "" }
            let eighths = max(1, Int((share * Double(cells * 8)).rounded()))
            return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        }

        /// A bar that grows to the left, exact to half a cell.
        private static func left(_ share: Double, cells: Int) -> String {
            let halves = max(1, Int((share * Double(cells * 2)).rounded()))
            return (halves % 2 == 1 ? "▐" : "") + String(repeating: "█", count: halves / 2)
        }
    }
}
