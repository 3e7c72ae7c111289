import Dispatch

/// The comparisons of neighbouring locales with all locales of their classes, ranked.
///
/// Memory is what the band holds, whatever the number of locales. Pairs within the band are
/// computed once and stored twice.
final class PairBand {
    /// Bytes that the band takes for each ordered pair.
    static let bytesPerPair = 20
    private static let rowsPerGroup = 16
    private static let blocksPerTile = 32

    /// The locales whose rows the band holds.
    let locales: Range<Int>
    private let indicator: PackedIndicator
    /// Where the row of each locale of the band begins.
    private let starts: [Int]
    private let correlations: UnsafeMutableBufferPointer<Double>
    /// -1 where two locales have no common cell.
    private let distances: UnsafeMutableBufferPointer<Double>
    /// Row by row the partners in order of rank, as places in their class.
    private let ranking: UnsafeMutableBufferPointer<Int32>
    /// How many partners of each row are kept.
    private let kept: UnsafeMutableBufferPointer<Int32>

    /// Compares and ranks the rows of some locales, on all cores.
    ///
    /// - Parameters:
    ///   - locales: The rows.
    ///   - indicator: What they are rows of.
    ///   - topK: How many partners besides itself a locale keeps; `nil` for all.
    init(_ locales: Range<Int>, of indicator: PackedIndicator, topK: Int?) {
        self.locales = locales
        self.indicator = indicator
        var starts: [Int] = []
        var pairs = 0
        for locale in locales {
            starts.append(pairs)
            pairs += indicator.partners(of: locale)
        }
        self.starts = starts
        correlations = .allocate(capacity: pairs)
        distances = .allocate(capacity: pairs)
        ranking = .allocate(capacity: pairs)
        kept = .allocate(capacity: locales.count)
        correlations.initialize(repeating: 0)
        distances.initialize(repeating: -1)
        ranking.initialize(repeating: 0)
        kept.initialize(repeating: 0)

        let groups = indicator.rowGroups(in: locales, rows: Self.rowsPerGroup)
        // Every thread writes the elements of its own pairs (and their mirror images) only.
        nonisolated(unsafe) let band = self
        DispatchQueue.concurrentPerform(iterations: groups.count) { band.compare(groups[$0]) }
        DispatchQueue.concurrentPerform(iterations: groups.count) { group in
            for position in groups[group].rows {
                let members = indicator.classes[groups[group].packed].members
                band.rank(members[position], at: position, topK: topK)
            }
        }
    }

    deinit {
        correlations.deallocate()
        distances.deallocate()
        ranking.deallocate()
        kept.deallocate()
    }

    /// How many partners a locale of the band keeps.
    func keptCount(of locale: Int) -> Int { Int(kept[locale - locales.lowerBound]) }

    /// The partner at a rank from 0 on (by weighted distance, then index), and the comparison.
    func partner(of locale: Int, rank: Int) -> (locale: Int, comparison: PairComparison) {
        let start = starts[locale - locales.lowerBound]
        let position = Int(ranking[start + rank])
        return (
            indicator.classes[indicator.places[locale].packed].members[position],
            comparison(at: start + position)
        )
    }

    private func comparison(at index: Int) -> PairComparison {
        PairComparison(correlation: correlations[index], distance: distances[index])
    }

    private func compare(_ group: RowGroup) {
        let shape = indicator.shape
        let packed = indicator.classes[group.packed]
        let rows = group.rows.map { PreparedRow(position: $0, in: packed, shape: shape) }
        packed.scores.withUnsafeBufferPointer { scores in
            packed.centred.withUnsafeBufferPointer { centred in
                packed.masks.withUnsafeBufferPointer { masks in
                    guard let scores = scores.baseAddress, let centred = centred.baseAddress,
                        let masks = masks.baseAddress
                    else { return }
                    // A tile of partners stays in cache while all rows of the group meet it.
                    for tile in stride(from: 0, to: packed.blocks, by: Self.blocksPerTile) {
                        let blocks = tile..<min(tile + Self.blocksPerTile, packed.blocks)
                        for (row, position) in zip(rows, group.rows) {
                            let kernel = RowKernel(
                                row,
                                scores: scores,
                                centred: centred,
                                masks: masks
                            )
                            compare(position, kernel, with: blocks, in: group)
                        }
                    }
                }
            }
        }
    }

    private func compare(
        _ position: Int,
        _ kernel: RowKernel,
        with blocks: Range<Int>,
        in group: RowGroup
    ) {
        let shape = indicator.shape
        let members = indicator.classes[group.packed].members
        let own = members[position]
        let row = starts[own - locales.lowerBound]
        // The mirror image of a smaller place in the band is that row's to store.
        let mirrored = group.inBand.lowerBound..<position
        for block in blocks {
            let partners = block * Lanes.scalarCount..<(block + 1) * Lanes.scalarCount
            if mirrored.contains(partners.lowerBound), mirrored.contains(partners.upperBound - 1) {
                continue
            }
            let start = block * shape.cellsPerLocale
            let distance = kernel.distance(fromBlockAt: start)
            let correlation = kernel.correlation(withBlockAt: start) { dimension, lane in
                let other = members[min(partners.lowerBound + lane, members.count - 1)]
                return exactCorrelation(own, other, dimension: dimension)
            }
            for (lane, partner) in partners.enumerated()
            where partner < members.count && !mirrored.contains(partner) {
                distances[row + partner] = distance[lane]
                correlations[row + partner] = correlation[lane]
                guard partner != position, group.inBand.contains(partner) else { continue }
                let image = starts[members[partner] - locales.lowerBound] + position
                distances[image] = distance[lane]
                correlations[image] = correlation[lane]
            }
        }
    }

    private func exactCorrelation(_ first: Int, _ second: Int, dimension: Int) -> Double {
        let intervals = indicator.shape.intervals
        func points(_ locale: Int) -> ArraySlice<Double> {
            indicator.scores.series(of: locale).dropFirst(dimension * intervals).prefix(intervals)
        }
        return seriesCorrelation(points(first), points(second))
    }

    private func rank(_ locale: Int, at own: Int, topK: Int?) {
        let start = starts[locale - locales.lowerBound]
        var ranks: [PartnerRank] = []
        ranks.reserveCapacity(indicator.partners(of: locale))
        for position in 0..<indicator.partners(of: locale) where distances[start + position] >= 0 {
            ranks.append(
                PartnerRank(
                    weightedDistance: comparison(at: start + position).weightedDistance,
                    position: Int32(truncatingIfNeeded: position)
                )
            )
        }
        ranks.sort()
        if let topK {
            var others = 0
            ranks.removeAll { rank in
                guard Int(rank.position) != own else { return false }
                others += 1
                return others > topK
            }
        }
        for (rank, partner) in ranks.enumerated() { ranking[start + rank] = partner.position }
        kept[locale - locales.lowerBound] = Int32(truncatingIfNeeded: ranks.count)
    }
}

/// The order of rows within a locale: by weighted distance, then by partner.
private struct PartnerRank: Comparable {
    let weightedDistance: Double
    let position: Int32

    static func < (left: PartnerRank, right: PartnerRank) -> Bool {
        left.weightedDistance == right.weightedDistance
            ? left.position < right.position : left.weightedDistance < right.weightedDistance
    }
}
