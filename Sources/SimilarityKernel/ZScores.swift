/// Each value as its distance from the mean of all locales in its interval and dimension, in
/// sample standard deviations (`n - 1`).
///
/// A cell whose values do not differ (deviation at most 1e-12 times the largest absolute value), or
/// that has one value, scores 0. Scores are finite: none exceeds the square root of the number of
/// locales.
public struct ZScores: Sendable {
    /// The counts that the indices stay below.
    public let shape: IndicatorShape
    /// The class of each locale.
    public let classes: [Int]
    /// Locale by locale, then dimension, then interval; not-a-number where there is no value.
    let cells: [Double]

    /// Scores every value of an indicator.
    public init(_ values: IndicatorValues) {
        shape = values.shape
        classes = values.classes
        cells = Self.scores(values.cells, cellsPerLocale: values.shape.cellsPerLocale)
    }

    /// Gives `body` the scores of one locale, by dimension, then interval.
    @inline(__always)
    func withSeries<Result>(
        of locale: Int,
        _ body: (UnsafeBufferPointer<Double>) -> Result
    ) -> Result {
        cells.withUnsafeBufferPointer { cells in
            let first = locale * shape.cellsPerLocale
            return body(
                UnsafeBufferPointer(rebasing: cells[first..<first + shape.cellsPerLocale])
            )
        }
    }

    private static func scores(_ values: [Double], cellsPerLocale: Int) -> [Double] {
        guard cellsPerLocale > 0 else { return [] }
        var moments = Array(repeating: CellMoments(), count: cellsPerLocale)
        func forEachValue(_ body: (inout CellMoments, Double) -> Void) {
            for first in stride(from: 0, to: values.count, by: cellsPerLocale) {
                for cell in 0..<cellsPerLocale where !values[first + cell].isNaN {
                    body(&moments[cell], values[first + cell])
                }
            }
        }
        forEachValue { $0.measure($1) }
        forEachValue { $0.add($1) }
        for cell in moments.indices { moments[cell].settleMean() }
        forEachValue { $0.addDeviation($1) }
        for cell in moments.indices { moments[cell].settleSpread() }
        var scores = values
        for first in stride(from: 0, to: values.count, by: cellsPerLocale) {
            for cell in 0..<cellsPerLocale where !values[first + cell].isNaN {
                scores[first + cell] = moments[cell].score(values[first + cell])
            }
        }
        return scores
    }
}

/// Mean and standard deviation of one cell over all locales, in two passes of compensated sums.
private struct CellMoments {
    /// Above this the squares of deviations could overflow, and the values are scaled down.
    private static let largestUnscaled = 0x1p500
    private static let scaleOfHuge = 0x1p-600

    private var count = 0.0
    private var largest = 0.0
    private var scale = 1.0
    private var sum = CompensatedSum()
    private var mean = 0.0
    private var spread = 0.0

    mutating func measure(_ value: Double) {
        count += 1
        largest = max(largest, value.magnitude)
        if largest > Self.largestUnscaled { scale = Self.scaleOfHuge }
    }

    mutating func add(_ value: Double) { sum.add(value * scale) }

    mutating func settleMean() {
        mean = count > 0 ? sum.total / count : 0
        sum = CompensatedSum()
    }

    mutating func addDeviation(_ value: Double) {
        let deviation = value * scale - mean
        sum.add(deviation * deviation)
    }

    mutating func settleSpread() {
        spread = count > 1 ? (sum.total / (count - 1)).squareRoot() : 0
        if spread <= 1e-12 * (largest * scale) { spread = 0 }
    }

    func score(_ value: Double) -> Double { spread > 0 ? (value * scale - mean) / spread : 0 }
}

/// A running sum that keeps what rounding loses (Neumaier's variant of Kahan's).
private struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    var total: Double { sum + lost }

    mutating func add(_ term: Double) {
        let next = sum + term
        lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}
