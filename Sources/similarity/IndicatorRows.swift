import DuckDB
import SimilarityKernel

/// An indicator's results as rows for DuckDB, chunk by chunk, without the column `indicator_id`.
struct IndicatorRows {
    /// The columns of `weighted_distances`.
    static let pairColumns: [RowSource.Column] = [
        .init("locale", .string), .init("comp_locale", .string), .init("correlation", .double),
        .init("adjusted_correlation", .double), .init("distance", .double),
        .init("weighted_distance", .double), .init("n_intervals", .int32),
        .init("n_dimensions", .int32), .init("intervals_set", .int64),
        .init("dimensions_set", .int64),
    ]
    /// The columns of `distances_over_time`.
    static let distanceColumns: [RowSource.Column] = [
        .init("locale", .string), .init("comp_locale", .string), .init("interval", .string),
        .init("distance", .double),
    ]
    /// The columns of `compared_sets`.
    static let setColumns: [RowSource.Column] = [
        .init("set_id", .int64), .init("members", .strings),
    ]

    private let locales: SharedStrings
    private let intervals: SharedStrings
    /// Interval names, then dimension names.
    private let members: SharedStrings
    private let intervalCount: Int
    private var pairs: RankedPairs
    private var pairBuffer = PairColumns()
    private var intervalSets: SetIDs
    private var dimensionSets: SetIDs
    private var distances: DistancesOverTime
    private var distanceBuffer = IntervalDistanceColumns()
    private var sets: [NumberedSet]?
    private var nextSet = 0

    private struct NumberedSet {
        let id: Int64
        let number: Int
        let isOfIntervals: Bool
    }

    /// Prepares an indicator's rows.
    ///
    /// - Parameters:
    ///   - indicator: The values and names.
    ///   - topK: How many places each place keeps beside itself; `nil` for all.
    ///   - memory: Bytes for results that are computed and not yet handed over.
    init(_ indicator: NamedIndicator, topK: Int?, memory: Int) {
        let packed = PackedIndicator(ZScores(indicator.values))
        locales = SharedStrings(indicator.locales)
        intervals = SharedStrings(indicator.intervals)
        members = SharedStrings(indicator.intervals + indicator.dimensions)
        intervalCount = indicator.intervals.count
        pairs = RankedPairs(packed, topK: topK, memory: memory)
        intervalSets = SetIDs(indicator.intervals)
        dimensionSets = SetIDs(indicator.dimensions)
        distances = DistancesOverTime(packed, topK: topK, memory: memory)
    }

    /// Writes the next rows of `weighted_distances`; returns how many.
    mutating func nextPairs(_ writer: ChunkWriter) -> Int {
        pairs.next(upTo: writer.rowCount, into: &pairBuffer)
        intervalSets.update(pairs.intervalSets)
        dimensionSets.update(pairs.dimensionSets)
        writer.setStrings(locales, at: pairBuffer.locales, column: 0)
        writer.setStrings(locales, at: pairBuffer.others, column: 1)
        let correlation = writer.values(of: 2, as: Double.self)
        let adjusted = writer.values(of: 3, as: Double.self)
        let distance = writer.values(of: 4, as: Double.self)
        let weighted = writer.values(of: 5, as: Double.self)
        for (row, comparison) in pairBuffer.comparisons.enumerated() {
            correlation[row] = comparison.correlation
            adjusted[row] = comparison.adjustedCorrelation
            distance[row] = comparison.distance
            weighted[row] = comparison.weightedDistance
        }
        let intervalCounts = writer.values(of: 6, as: Int32.self)
        let intervalIDs = writer.values(of: 8, as: Int64.self)
        for (row, set) in pairBuffer.intervalSets.enumerated() {
            intervalCounts[row] = pairs.intervalSets.sizes[Int(set)]
            intervalIDs[row] = intervalSets.ids[Int(set)]
        }
        let dimensionCounts = writer.values(of: 7, as: Int32.self)
        let dimensionIDs = writer.values(of: 9, as: Int64.self)
        for (row, set) in pairBuffer.dimensionSets.enumerated() {
            dimensionCounts[row] = pairs.dimensionSets.sizes[Int(set)]
            dimensionIDs[row] = dimensionSets.ids[Int(set)]
        }
        return pairBuffer.count
    }

    /// Writes the next rows of `distances_over_time`; returns how many.
    mutating func nextDistances(_ writer: ChunkWriter) -> Int {
        distances.next(upTo: writer.rowCount, into: &distanceBuffer)
        writer.setStrings(locales, at: distanceBuffer.locales, column: 0)
        writer.setStrings(locales, at: distanceBuffer.others, column: 1)
        writer.setStrings(intervals, at: distanceBuffer.intervals, column: 2)
        let distance = writer.values(of: 3, as: Double.self)
        for (row, number) in distanceBuffer.distances.enumerated() { distance[row] = number }
        return distanceBuffer.count
    }

    /// Writes the next rows of `compared_sets`, by id: of the pairs handed over until now.
    ///
    /// - Returns: How many.
    /// - Throws: `DuckDBError` when there is no memory for the lists.
    mutating func nextSets(_ writer: ChunkWriter) throws(DuckDBError) -> Int {
        let sets = self.sets ?? distinctSets()
        self.sets = sets
        let chunk = sets[nextSet..<min(nextSet + writer.rowCount, sets.count)]
        nextSet += chunk.count
        let ids = writer.values(of: 0, as: Int64.self)
        for (row, set) in chunk.enumerated() { ids[row] = set.id }
        let lists = chunk.map { set in
            set.isOfIntervals
                ? pairs.intervalSets.members(of: set.number)
                : pairs.dimensionSets.members(of: set.number).map { $0 + intervalCount }
        }
        try writer.setLists(members, at: lists, column: 1)
        return chunk.count
    }

    /// A set of intervals and one of dimensions with the same members are one set.
    private func distinctSets() -> [NumberedSet] {
        let all =
            intervalSets.ids.enumerated()
            .map { NumberedSet(id: $1, number: $0, isOfIntervals: true) }
            + dimensionSets.ids.enumerated()
            .map { NumberedSet(id: $1, number: $0, isOfIntervals: false) }
        var distinct: [NumberedSet] = []
        for set in all.sorted(by: { $0.id < $1.id }) where set.id != distinct.last?.id {
            distinct.append(set)
        }
        return distinct
    }
}
