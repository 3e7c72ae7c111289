import Dispatch

/// The distance of every ordered pair in every interval that both have, as columns, in the order in
/// which they are stored: by locale, other locale, interval.
///
/// Computed band by band while it is read. With `topK` only the pairs that `RankedPairs` keeps.
public struct DistancesOverTime {
    private let indicator: PackedIndicator
    private let topK: Int?
    private let memory: Int
    private var band: IntervalBand?
    private var locale = 0
    /// The next partner, as a place among those kept.
    private var partner = 0
    private var interval = 0

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
    }

    /// Replaces the content of `columns` by the next rows, at most `limit`; by none at the end.
    public mutating func next(upTo limit: Int, into columns: inout IntervalDistanceColumns) {
        columns.removeAll()
        while columns.count < limit, let band = currentBand() {
            guard let other = band.partner(of: locale, at: partner) else {
                locale += 1
                partner = 0
                continue
            }
            guard interval < indicator.shape.intervals else {
                partner += 1
                interval = 0
                continue
            }
            if let distance = band.distance(of: locale, from: other, in: interval) {
                let members = indicator.classes[indicator.places[locale].packed].members
                columns.append(locale, members[other], interval, distance)
            }
            interval += 1
        }
    }

    private mutating func currentBand() -> IntervalBand? {
        if let band, band.locales.contains(locale) { return band }
        band = nil
        guard locale < indicator.shape.locales else { return nil }
        let perPair = PairBand.bytesPerPair + 8 * indicator.shape.intervals
        band = IntervalBand(
            indicator.band(from: locale, bytes: memory, perPair: perPair),
            of: indicator,
            topK: topK
        )
        return band
    }
}

/// Rows of distances over time, column by column.
public struct IntervalDistanceColumns {
    /// The compared locale of each row.
    public private(set) var locales: [Int32] = []
    /// The locale that it is compared with.
    public private(set) var others: [Int32] = []
    /// The interval.
    public private(set) var intervals: [Int32] = []
    /// The distance in it.
    public private(set) var distances: [Double] = []

    /// Creates columns without rows.
    public init() {}

    /// The number of rows.
    public var count: Int { locales.count }

    mutating func removeAll() {
        locales.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        intervals.removeAll(keepingCapacity: true)
        distances.removeAll(keepingCapacity: true)
    }

    mutating func append(_ locale: Int, _ other: Int, _ interval: Int, _ distance: Double) {
        locales.append(Int32(truncatingIfNeeded: locale))
        others.append(Int32(truncatingIfNeeded: other))
        intervals.append(Int32(truncatingIfNeeded: interval))
        distances.append(distance)
    }
}

/// The distances of neighbouring locales from all locales of their classes, interval by interval.
private final class IntervalBand {
    let locales: Range<Int>
    private let indicator: PackedIndicator
    /// Where the row of each locale of the band begins, in blocks of lanes.
    private let starts: [Int]
    /// Row by row, then interval, then partner; -1 where two locales have no common cell.
    private let distances: UnsafeMutableBufferPointer<Lanes>
    /// For each locale of the band the partners to tell of, ascending; `nil` for all.
    private let kept: [[Int]]?

    init(_ locales: Range<Int>, of indicator: PackedIndicator, topK: Int?) {
        self.locales = locales
        self.indicator = indicator
        let shape = indicator.shape
        var starts: [Int] = []
        var size = 0
        for locale in locales {
            starts.append(size)
            size += indicator.classes[indicator.places[locale].packed].blocks * shape.intervals
        }
        self.starts = starts
        kept = topK.map { topK in
            let ranked = PairBand(locales, of: indicator, topK: topK)
            return locales.map { locale in
                (0..<ranked.keptCount(of: locale))
                    .map { indicator.places[ranked.partner(of: locale, rank: $0).locale].position }
                    .sorted()
            }
        }
        distances = .allocate(capacity: size)
        distances.initialize(repeating: Lanes(repeating: -1))
        // Every thread writes the rows of its own locales only.
        nonisolated(unsafe) let band = self
        DispatchQueue.concurrentPerform(iterations: locales.count) { band.compare($0) }
    }

    deinit { distances.deallocate() }

    /// A partner of a locale, as a place in its class, ascending with `place`; `nil` past the last.
    func partner(of locale: Int, at place: Int) -> Int? {
        guard let kept else { return place < indicator.partners(of: locale) ? place : nil }
        let partners = kept[locale - locales.lowerBound]
        return place < partners.count ? partners[place] : nil
    }

    func distance(of locale: Int, from partner: Int, in interval: Int) -> Double? {
        let width = Lanes.scalarCount
        let blocks = indicator.classes[indicator.places[locale].packed].blocks
        let row = starts[locale - locales.lowerBound] + interval * blocks
        let distance = distances[row + partner / width][partner % width]
        return distance < 0 ? nil : distance
    }

    private func compare(_ row: Int) {
        let place = indicator.places[locales.lowerBound + row]
        let packed = indicator.classes[place.packed]
        let shape = indicator.shape
        let prepared = PreparedRow(position: place.position, in: packed, shape: shape)
        packed.scores.withUnsafeBufferPointer { scores in
            packed.centred.withUnsafeBufferPointer { centred in
                packed.masks.withUnsafeBufferPointer { masks in
                    guard let scores = scores.baseAddress, let centred = centred.baseAddress,
                        let masks = masks.baseAddress
                    else { return }
                    let kernel = RowKernel(prepared, scores: scores, centred: centred, masks: masks)
                    for block in 0..<packed.blocks {
                        kernel.intervalDistances(fromBlockAt: block * shape.cellsPerLocale) {
                            interval,
                            distance,
                            compared in
                            distances[starts[row] + interval * packed.blocks + block].replace(
                                with: distance,
                                where: compared
                            )
                        }
                    }
                }
            }
        }
    }
}
