import SimilarityLayout

/// The distance of every ordered pair in every interval that both have, as columns, in the order in
/// which they are stored: by locale, other locale, interval.
public struct IntervalDistanceColumns: Sendable {
    /// The compared locales in order, and how many rows each has.
    public private(set) var locales: [(locale: Int, rows: Int)] = []
    /// The locales that they are compared with in order, and how many rows each has.
    public private(set) var others: [(locale: Int, rows: Int)] = []
    /// The interval of each row.
    public private(set) var intervals: [Int32] = []
    /// The distance in it.
    public private(set) var distances: [Double] = []

    /// The number of rows.
    public var count: Int { distances.count }

    fileprivate mutating func append(_ interval: Int, _ distance: Double) {
        intervals.append(Int32(truncatingIfNeeded: interval))
        distances.append(distance)
    }

    fileprivate mutating func endRows(of other: Int, since start: Int) {
        if count > start { others.append((other, count - start)) }
    }

    fileprivate mutating func endRows(ofLocale locale: Int, since start: Int) {
        if count > start { locales.append((locale, count - start)) }
    }
}

extension ComparedBand {
    /// The distances over time of some locales of the band, with the partners that they keep.
    public func distancesOverTime(of locales: Range<Int>) -> IntervalDistanceColumns {
        let shape = indicator.shape
        let most = locales.lazy.map { indicator.classes[indicator.places[$0].packed].blocks }.max()
        let numbersPerBlock = shape.intervals * TileLayout.partners
        let scratch = UnsafeMutablePointer<Double>.allocate(
            capacity: max(1, (most ?? 0) * numbersPerBlock)
        )
        defer { scratch.deallocate() }
        let prepared = PreparedRows(capacity: 1, shape: shape)
        var columns = IntervalDistanceColumns()
        let ranking = Ranking(of: locales, in: self)
        for locale in locales {
            let place = indicator.places[locale]
            let packed = indicator.classes[place.packed]
            prepared.prepare(place.position..<place.position + 1, in: packed)
            for block in 0..<packed.blocks {
                indicator.instructions.intervalDistances(
                    prepared.rows[0],
                    packed.block(block),
                    into: scratch + block * numbersPerBlock
                )
            }
            let start = columns.count
            append(
                locale,
                ranking.ranks(of: locale).sorted(),
                packed,
                scratch,
                numbersPerBlock,
                to: &columns
            )
            columns.endRows(ofLocale: locale, since: start)
        }
        return columns
    }

    private func append(
        _ locale: Int,
        _ partners: [Int32],
        _ packed: PackedClass,
        _ distances: UnsafePointer<Double>,
        _ numbersPerBlock: Int,
        to columns: inout IntervalDistanceColumns
    ) {
        let shape = indicator.shape
        let own = indicator.presence.intervals(of: locale)
        // The kernel leaves out the intervals that the locale does not have at all.
        var places = Array(repeating: 0, count: shape.intervals)
        for (place, interval) in own.enumerated() { places[interval] = place }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.intervalWords) { common in
            for partner in partners.lazy.map(Int.init) {
                let other = packed.members[partner]
                indicator.presence.commonIntervals(locale, other, into: common)
                let start = columns.count
                let numbers =
                    distances + partner / TileLayout.partners * numbersPerBlock
                    + partner % TileLayout.partners
                for (word, bits) in common.enumerated() {
                    var bits = bits
                    while bits != 0 {
                        let interval = word * 64 + bits.trailingZeroBitCount
                        bits &= bits - 1
                        columns.append(interval, numbers[places[interval] * TileLayout.partners])
                    }
                }
                columns.endRows(of: other, since: start)
            }
        }
    }
}
