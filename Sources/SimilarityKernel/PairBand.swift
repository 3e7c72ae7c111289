import Dispatch
import SimilarityLayout

/// The comparisons of neighbouring locales with all locales of their classes.
///
/// Memory is what the band holds, whatever the number of locales. Pairs within the band are
/// computed once and stored twice.
final class PairBand: Sendable {
    /// Bytes that the band takes for each ordered pair.
    static let bytesPerPair = 16
    /// So many rows meet a block of partners while that is in the first cache.
    private static let rowsPerGroup = 16

    /// The locales whose rows the band holds.
    let locales: Range<Int>
    private let indicator: PackedIndicator
    /// Where the row of each locale of the band begins, and the end of the last.
    nonisolated(unsafe) private let starts: UnsafeMutablePointer<Int>
    // Every thread writes the elements of its own pairs (and their mirror images) only, and all is
    // written before the initializer returns.
    nonisolated(unsafe) private let correlations: UnsafeMutablePointer<Double>
    /// -1 where two locales have no common cell.
    nonisolated(unsafe) private let distances: UnsafeMutablePointer<Double>

    /// Compares the rows of some locales.
    ///
    /// - Parameters:
    ///   - locales: The rows.
    ///   - indicator: What they are rows of.
    ///   - isParallel: Whether to use all cores.
    init(_ locales: Range<Int>, of indicator: PackedIndicator, isParallel: Bool) {
        self.locales = locales
        self.indicator = indicator
        starts = .allocate(capacity: locales.count + 1)
        var pairs = 0
        for (row, locale) in locales.enumerated() {
            starts[row] = pairs
            pairs += indicator.partners(of: locale)
        }
        starts[locales.count] = pairs
        correlations = LargeMemory.allocate(pairs)
        distances = LargeMemory.allocate(pairs)
        let groups = indicator.rowGroups(in: locales, rows: Self.rowsPerGroup)
        if isParallel, groups.count > 1 {
            let band = self
            DispatchQueue.concurrentPerform(iterations: groups.count) { band.compare(groups[$0]) }
        } else {
            for group in groups { compare(group) }
        }
    }

    deinit {
        starts.deallocate()
        correlations.deallocate()
        distances.deallocate()
    }

    /// A locale's comparisons, by the partner's place in their class; a distance of -1 where they
    /// have no common cell.
    func row(
        of locale: Int
    ) -> (correlations: UnsafeBufferPointer<Double>, distances: UnsafeBufferPointer<Double>) {
        let row = locale - locales.lowerBound
        let count = starts[row + 1] - starts[row]
        return (
            UnsafeBufferPointer(start: correlations + starts[row], count: count),
            UnsafeBufferPointer(start: distances + starts[row], count: count)
        )
    }

    private func compare(_ group: RowGroup) {
        let packed = indicator.classes[group.packed]
        let prepared = PreparedRows(capacity: group.rows.count, shape: indicator.shape)
        prepared.prepare(group.rows, in: packed)
        let tile = Tile(rows: group.rows.count)
        for block in 0..<packed.blocks {
            let partners =
                block
                * TileLayout.partners..<min((block + 1) * TileLayout.partners, packed.members.count)
            // The mirror images of smaller places in the band are those rows' to store.
            let mirrored = group.inBand.lowerBound..<group.rows.lowerBound
            if mirrored.contains(partners.lowerBound), mirrored.contains(partners.upperBound - 1) {
                continue
            }
            indicator.instructions.compare(
                prepared.rows,
                group.rows.count,
                with: packed.block(block),
                into: tile.results
            )
            store(tile, of: group, partners, packed)
        }
    }

    /// Makes means of a tile's sums, and stores them and their mirror images.
    private func store(
        _ tile: Tile,
        of group: RowGroup,
        _ partners: Range<Int>,
        _ packed: PackedClass
    ) {
        let members = packed.memberNumbers
        let first = locales.lowerBound
        for number in 0..<group.rows.count {
            let position = group.rows.lowerBound &+ number
            let own = members[position]
            let row = starts[own &- first]
            let mirrored = group.inBand.lowerBound..<position
            let unsure = tile.results.unsure[number]
            let sums = number &* TileLayout.partners &- partners.lowerBound
            for partner in partners where !mirrored.contains(partner) {
                let other = members[partner]
                let common = indicator.presence.commonCounts(own, other)
                var correlation = tile.results.correlations[sums &+ partner]
                if unsure != 0, unsure >> UInt32(partner &- partners.lowerBound) & 1 == 1 {
                    correlation = exactCorrelations(own, other)
                }
                // Each sum is 0 where they have no common cell.
                correlation /= Double(max(common.dimensions, 1))
                let distance =
                    common.intervals > 0
                    ? tile.results.distances[sums &+ partner] / Double(common.intervals) : -1
                distances[row &+ partner] = distance
                correlations[row &+ partner] = correlation
                guard partner != position, group.inBand.contains(partner) else { continue }
                let image = starts[other &- first] &+ position
                distances[image] = distance
                correlations[image] = correlation
            }
        }
    }

    /// The sum over all dimensions of the correlation in each, with care.
    private func exactCorrelations(_ first: Int, _ second: Int) -> Double {
        let shape = indicator.shape
        return indicator.scores.withSeries(of: first) { x in
            indicator.scores.withSeries(of: second) { y in
                (0..<shape.dimensions).reduce(0) { sum, dimension in
                    let points = dimension * shape.intervals..<(dimension + 1) * shape.intervals
                    return sum
                        + seriesCorrelation(
                            UnsafeBufferPointer(rebasing: x[points]),
                            UnsafeBufferPointer(rebasing: y[points])
                        )
                }
            }
        }
    }
}

/// Room for the results of some rows with one block of partners.
private final class Tile {
    let results: TileResults

    init(rows: Int) {
        let numbers = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * rows * TileLayout.partners * MemoryLayout<Double>.stride,
            alignment: 64
        ).bindMemory(to: Double.self, capacity: 2 * rows * TileLayout.partners)
        results = TileResults(
            distances: numbers,
            correlations: numbers + rows * TileLayout.partners,
            unsure: .allocate(capacity: rows)
        )
    }

    deinit {
        results.distances.deallocate()
        results.unsure.deallocate()
    }
}
