/// Numbers on charts: as short as tells them apart.
enum ChartNumber {
    /// A number with about six digits that matter.
    static func text(_ value: Double) -> String {
        let size = abs(value)
        if value == value.rounded(), size < 1e15 { return Figures.count(Int(value)) }
        guard size < 1e15, size >= 1e-4 else { return "\(value)" }
        var decimals = 5
        var step = 10.0
        while decimals > 0, size >= step {
            decimals -= 1
            step *= 10
        }
        return text(value, decimals: size < 1 ? 6 : max(decimals, 1))
    }

    /// A number with so many digits behind the point, without zeros at the end.
    static func text(_ value: Double, decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { factor, _ in factor * 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let whole = Int(scaled) / Int(scale)
        var fraction = String(Int(scaled) % Int(scale)).leftPadded(to: decimals, by: "0")
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + Figures.count(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}

/// A scale of values whose marks are round numbers.
struct ChartScale {
    let low: Double
    let high: Double
    let marks: [Double]
    private let decimals: Int

    /// The scale from below the least of `values` to above the greatest, with about `count` steps.
    init(_ values: [Double], steps count: Int) {
        var low = values.min() ?? 0
        var high = values.max() ?? 1
        if low == high {
            let room = low == 0 ? 1 : abs(low) / 2
            low -= room
            high += room
        }
        let rough = (high / 2 - low / 2) / Double(count) * 2
        var unit = 1.0
        var decimals = 0
        while unit > rough, unit > 1e-300 {
            unit /= 10
            decimals += 1
        }
        while unit * 10 <= rough { unit *= 10 }
        let step = [1.0, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? rough
        self.decimals = decimals
        let first = (low / step).rounded(.down)
        let last = (high / step).rounded(.up)
        // The greatest numbers have no room for round marks beyond them.
        guard (last * step).isFinite, (first * step).isFinite, last - first <= 50 else {
            self.low = low
            self.high = high
            marks = [low, high]
            return
        }
        self.low = first * step
        self.high = last * step
        marks = (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Where a value lies, 0 at `low` and 1 at `high`.
    func share(_ value: Double) -> Double {
        (value / 2 - low / 2) / (high / 2 - low / 2)
    }

    /// A mark as text.
    func text(_ mark: Double) -> String {
        decimals <= 9 && abs(mark) < 1e15
            ? ChartNumber.text(mark, decimals: decimals) : "\(mark)"
    }
}
