import SimilarityKernel
import Testing

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

/// All ranked pairs of an indicator, band by band, a few locales at a time.
func rankedPairs(
    of values: IndicatorValues,
    topK: Int? = nil,
    memory: Int = .max / 2,
    instructions: VectorInstructions = .best
) -> [ComparedRow] {
    var rows: [ComparedRow] = []
    forEachGroup(of: values, topK: topK, memory: memory, instructions) { band, locales in
        let columns = band.columns(of: locales)
        let own = columns.locales.flatMap { Array(repeating: $0.locale, count: $0.rows) }
        for row in 0..<columns.count {
            let comparison = PairComparison(
                correlation: columns.correlations[row],
                distance: columns.distances[row]
            )
            #expect(comparison.adjustedCorrelation == columns.adjustedCorrelations[row])
            #expect(comparison.weightedDistance == columns.weightedDistances[row])
            let intervals = Int(columns.intervalSetNumbers[row])
            let dimensions = Int(columns.dimensionSetNumbers[row])
            rows.append(
                ComparedRow(
                    locale: own[row],
                    other: Int(columns.others[row]),
                    comparison: comparison,
                    intervals: columns.intervalSets.members(of: intervals),
                    dimensions: columns.dimensionSets.members(of: dimensions)
                )
            )
        }
    }
    return rows
}

/// All distances over time of an indicator, band by band, a few locales at a time.
func distancesOverTime(
    of values: IndicatorValues,
    topK: Int? = nil,
    memory: Int = .max / 2,
    instructions: VectorInstructions = .best
) -> [TimedDistance] {
    var rows: [TimedDistance] = []
    forEachGroup(of: values, topK: topK, memory: memory, instructions) { band, locales in
        let columns = band.distancesOverTime(of: locales)
        let own = columns.locales.flatMap { Array(repeating: $0.locale, count: $0.rows) }
        let others = columns.others.flatMap { Array(repeating: $0.locale, count: $0.rows) }
        for row in 0..<columns.count {
            rows.append(
                TimedDistance(
                    locale: own[row],
                    other: others[row],
                    interval: Int(columns.intervals[row]),
                    distance: columns.distances[row]
                )
            )
        }
    }
    return rows
}

private func forEachGroup(
    of values: IndicatorValues,
    topK: Int?,
    memory: Int,
    _ instructions: VectorInstructions,
    _ body: (ComparedBand, Range<Int>) -> Void
) {
    let indicator = PackedIndicator(ZScores(values), instructions: instructions)
    for locales in indicator.bands(memory: memory) {
        let band = ComparedBand(locales, of: indicator, topK: topK)
        for group in indicator.groups(of: locales, rows: 30, topK: topK) { body(band, group) }
    }
}

/// Whether two numbers agree as results must: 1e-9 relative, 1e-12 absolute near zero.
func agree(_ found: Double, _ expected: Double) -> Bool {
    (found - expected).magnitude <= max(1e-12, 1e-9 * expected.magnitude)
}
