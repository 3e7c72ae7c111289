/// What differs between two results.
struct ResultComparison {
    private let expected: ResultTable
    private let got: ResultTable
    private let isOrdered: Bool

    /// How many rows of a kind are shown.
    private static let shown = 10

    /// Holds two results against each other, in order only if the SQL asked for one.
    init(expected: ResultTable, got: ResultTable, isOrdered: Bool) {
        self.expected = expected
        self.got = got
        self.isOrdered = isOrdered
    }

    /// The difference for a reader; nil when there is none.
    func difference() -> String? {
        guard expected.header == got.header else {
            return
                "columns\n- \(ResultTable.line(expected.header))\n+ \(ResultTable.line(got.header))"
        }
        return isOrdered ? orderedDifference() : setDifference()
    }

    private func orderedDifference() -> String? {
        let pairs = zip(expected.rows, got.rows)
        let first = pairs.enumerated().first { !Self.agree($0.element.0, $0.element.1) }?.offset
        guard first != nil || expected.rows.count != got.rows.count else { return nil }
        let start = first ?? min(expected.rows.count, got.rows.count)
        return "rows in order, from row \(start + 1) on\n"
            + Self.listed(missing: expected.rows[start...], unexpected: got.rows[start...])
    }

    private func setDifference() -> String? {
        var counts: [[ResultTable.Cell]: Int] = [:]
        for row in got.rows { counts[row, default: 0] += 1 }
        var missing: [[ResultTable.Cell]] = []
        for row in expected.rows {
            if let count = counts[row], count > 0 {
                counts[row] = count - 1
            } else {
                missing.append(row)
            }
        }
        var unexpected: [[ResultTable.Cell]] = []
        for row in got.rows where counts[row, default: 0] > 0 {
            counts[row, default: 0] -= 1
            unexpected.append(row)
        }
        missing.removeAll { row in
            guard let index = unexpected.firstIndex(where: { Self.agree(row, $0) }) else {
                return false
            }
            unexpected.remove(at: index)
            return true
        }
        guard !missing.isEmpty || !unexpected.isEmpty else { return nil }
        return "rows: \(expected.rows.count) expected, \(got.rows.count) got\n"
            + Self.listed(missing: missing[...], unexpected: unexpected[...])
    }

    /// Whether two rows are equal, floating-point values to 1e-9.
    private static func agree(_ left: [ResultTable.Cell], _ right: [ResultTable.Cell]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy(agree)
    }

    private static func agree(_ left: ResultTable.Cell, _ right: ResultTable.Cell) -> Bool {
        if left == right { return true }
        guard case .text(let one) = left, case .text(let other) = right,
            isFloating(one) || isFloating(other), let first = Double(one),
            let second = Double(other)
        else { return false }
        return (first - second).magnitude <= 1e-9 * max(1, first.magnitude, second.magnitude)
    }

    private static func isFloating(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    private static func listed(
        missing: ArraySlice<[ResultTable.Cell]>,
        unexpected: ArraySlice<[ResultTable.Cell]>
    ) -> String {
        (lines(missing, "-") + lines(unexpected, "+")).joined(separator: "\n")
    }

    private static func lines(_ rows: ArraySlice<[ResultTable.Cell]>, _ sign: String) -> [String] {
        let lines = rows.prefix(shown).map { "\(sign) \(ResultTable.line($0))" }
        return rows.count > shown ? lines + ["\(sign) ... \(rows.count - shown) more"] : lines
    }
}
