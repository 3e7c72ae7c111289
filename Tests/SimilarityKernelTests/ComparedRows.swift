import SimilarityKernel

/// One row of ranked pairs, with its sets spelt out.
struct ComparedRow: Equatable {
    let locale: Int
    let other: Int
    let comparison: PairComparison
    let intervals: [Int]
    let dimensions: [Int]
}

/// One row of distances over time.
struct TimedDistance: Equatable {
    let locale: Int
    let other: Int
    let interval: Int
    let distance: Double
}

/// All ranked pairs of an indicator, read in chunks of a few rows.
func rankedPairs(
    of values: IndicatorValues,
    topK: Int? = nil,
    memory: Int = .max / 2
) -> [ComparedRow] {
    var pairs = RankedPairs(PackedIndicator(ZScores(values)), topK: topK, memory: memory)
    var columns = PairColumns()
    var rows: [ComparedRow] = []
    while true {
        pairs.next(upTo: 5, into: &columns)
        guard columns.count > 0 else { return rows }
        for row in 0..<columns.count {
            rows.append(
                ComparedRow(
                    locale: Int(columns.locales[row]),
                    other: Int(columns.others[row]),
                    comparison: columns.comparisons[row],
                    intervals: pairs.intervalSets.members(of: Int(columns.intervalSets[row])),
                    dimensions: pairs.dimensionSets.members(of: Int(columns.dimensionSets[row]))
                )
            )
        }
    }
}

/// All distances over time of an indicator, read in chunks of a few rows.
func distancesOverTime(
    of values: IndicatorValues,
    topK: Int? = nil,
    memory: Int = .max / 2
) -> [TimedDistance] {
    var distances = DistancesOverTime(PackedIndicator(ZScores(values)), topK: topK, memory: memory)
    var columns = IntervalDistanceColumns()
    var rows: [TimedDistance] = []
    while true {
        distances.next(upTo: 5, into: &columns)
        guard columns.count > 0 else { return rows }
        for row in 0..<columns.count {
            rows.append(
                TimedDistance(
                    locale: Int(columns.locales[row]),
                    other: Int(columns.others[row]),
                    interval: Int(columns.intervals[row]),
                    distance: columns.distances[row]
                )
            )
        }
    }
}

/// Whether two numbers agree as results must: 1e-9 relative, 1e-12 absolute near zero.
func agree(_ found: Double, _ expected: Double) -> Bool {
    (found - expected).magnitude <= max(1e-12, 1e-9 * expected.magnitude)
}
