/// The definition of the job in plain loops: what the fast path is held against.
///
/// Slow and obvious on purpose; one pair at a time, one cell after the other.
public struct ScalarReference: Sendable {
    private let scores: ZScores

    /// What comparing two locales gives.
    public struct Outcome: Equatable, Sendable {
        /// Correlation and distance.
        public let comparison: PairComparison
        /// The compared intervals, ascending.
        public let intervals: [Int]
        /// The distance in each compared interval.
        public let distances: [Double]
        /// The compared dimensions, ascending.
        public let dimensions: [Int]
    }

    /// Compares the locales of an indicator with these scores.
    public init(_ scores: ZScores) { self.scores = scores }

    /// Compares two locales, whatever their classes.
    ///
    /// - Returns: `nil` where they have no interval and dimension in common.
    public func compare(_ first: Int, _ second: Int) -> Outcome? {
        let shape = scores.shape
        let a = scores.withSeries(of: first) { Array($0) }
        let b = scores.withSeries(of: second) { Array($0) }

        var intervals: [Int] = []
        var distances: [Double] = []
        for interval in 0..<shape.intervals {
            var squares = 0.0
            var compared = false
            for dimension in 0..<shape.dimensions {
                let cell = shape.cell(interval: interval, dimension: dimension)
                guard !a[cell].isNaN, !b[cell].isNaN else { continue }
                compared = true
                squares += (a[cell] - b[cell]) * (a[cell] - b[cell])
            }
            guard compared else { continue }
            intervals.append(interval)
            distances.append(squares.squareRoot())
        }
        guard !intervals.isEmpty else { return nil }

        var dimensions: [Int] = []
        var correlations = 0.0
        for dimension in 0..<shape.dimensions {
            let cells = dimension * shape.intervals..<(dimension + 1) * shape.intervals
            guard cells.contains(where: { !a[$0].isNaN && !b[$0].isNaN }) else { continue }
            dimensions.append(dimension)
            correlations += seriesCorrelation(a[cells], b[cells])
        }
        return Outcome(
            comparison: PairComparison(
                correlation: correlations / Double(dimensions.count),
                distance: distances.reduce(0, +) / Double(intervals.count)
            ),
            intervals: intervals,
            distances: distances,
            dimensions: dimensions
        )
    }
}
