/// Every ordered pair of locales of one class, as columns, in the order in which they are stored:
/// by locale, weighted distance, other locale.
///
/// Computed band by band while it is read, so that memory is bounded whatever the number of
/// locales. A pair without a common interval and dimension has no row.
public struct RankedPairs {
    /// The distinct sets of intervals met so far; `PairColumns.intervalSets` are numbers of these.
    public private(set) var intervalSets: IndexSets
    /// The distinct sets of dimensions met so far.
    public private(set) var dimensionSets: IndexSets

    private let indicator: PackedIndicator
    private let topK: Int?
    private let memory: Int
    private var band: PairBand?
    private var locale = 0
    private var rank = 0

    /// Prepares to compare; nothing is computed before the first rows are asked for.
    ///
    /// - Parameters:
    ///   - indicator: The packed scores.
    ///   - topK: How many partners besides itself a locale keeps; `nil` for all.
    ///   - memory: Bytes that a band may take. A band is never smaller than one locale's row.
    public init(_ indicator: PackedIndicator, topK: Int?, memory: Int) {
        self.indicator = indicator
        self.topK = topK
        self.memory = memory
        intervalSets = IndexSets(wordsPerSet: indicator.shape.intervalWords)
        dimensionSets = IndexSets(wordsPerSet: indicator.shape.dimensionWords)
    }

    /// Replaces the content of `columns` by the next rows, at most `limit`; by none at the end.
    public mutating func next(upTo limit: Int, into columns: inout PairColumns) {
        columns.removeAll()
        let shape = indicator.shape
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.intervalWords) {
            intervals in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.dimensionWords) {
                dimensions in
                while columns.count < limit, let band = currentBand() {
                    guard rank < band.keptCount(of: locale) else {
                        locale += 1
                        rank = 0
                        continue
                    }
                    let (other, comparison) = band.partner(of: locale, rank: rank)
                    rank += 1
                    indicator.presence.common(
                        locale,
                        other,
                        intervals: intervals,
                        dimensions: dimensions
                    )
                    columns.append(
                        locale,
                        other,
                        comparison,
                        intervalSet: intervalSets.number(of: UnsafeBufferPointer(intervals)),
                        dimensionSet: dimensionSets.number(of: UnsafeBufferPointer(dimensions))
                    )
                }
            }
        }
    }

    private mutating func currentBand() -> PairBand? {
        if let band, band.locales.contains(locale) { return band }
        // Freed before its successor is made: only one band is held.
        band = nil
        guard locale < indicator.shape.locales else { return nil }
        band = PairBand(
            indicator.band(from: locale, bytes: memory, perPair: PairBand.bytesPerPair),
            of: indicator,
            topK: topK
        )
        return band
    }
}

/// Rows of compared pairs, column by column.
public struct PairColumns {
    /// The compared locale of each row.
    public private(set) var locales: [Int32] = []
    /// The locale that it is compared with.
    public private(set) var others: [Int32] = []
    /// Correlation and distance.
    public private(set) var comparisons: [PairComparison] = []
    /// The compared intervals, as a number in `RankedPairs.intervalSets`.
    public private(set) var intervalSets: [Int32] = []
    /// The compared dimensions, as a number in `RankedPairs.dimensionSets`.
    public private(set) var dimensionSets: [Int32] = []

    /// Creates columns without rows.
    public init() {}

    /// The number of rows.
    public var count: Int { locales.count }

    mutating func removeAll() {
        locales.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        comparisons.removeAll(keepingCapacity: true)
        intervalSets.removeAll(keepingCapacity: true)
        dimensionSets.removeAll(keepingCapacity: true)
    }

    mutating func append(
        _ locale: Int,
        _ other: Int,
        _ comparison: PairComparison,
        intervalSet: Int32,
        dimensionSet: Int32
    ) {
        locales.append(Int32(truncatingIfNeeded: locale))
        others.append(Int32(truncatingIfNeeded: other))
        comparisons.append(comparison)
        intervalSets.append(intervalSet)
        dimensionSets.append(dimensionSet)
    }
}
