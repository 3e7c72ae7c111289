import SimilarityLayout

/// The scores of the locales of one class, laid out so that one locale meets a block of partners at
/// once; see ``TileLayout``.
final class PackedClass: Sendable {
    /// The locales of the class, ascending.
    let members: [Int]
    /// The same, to be read without a look at bounds.
    // Written by the initializer only, as are the numbers.
    nonisolated(unsafe) let memberNumbers: UnsafePointer<Int>
    /// How many blocks hold them.
    let blocks: Int
    private let cells: Int
    nonisolated(unsafe) private let numbers: UnsafeMutablePointer<Double>

    /// Packs the members of a class.
    init(_ members: [Int], of scores: ZScores) {
        let shape = scores.shape
        self.members = members
        let memberNumbers = UnsafeMutablePointer<Int>.allocate(capacity: max(1, members.count))
        memberNumbers.initialize(from: members, count: members.count)
        self.memberNumbers = UnsafePointer(memberNumbers)
        blocks = (members.count + TileLayout.partners - 1) / TileLayout.partners
        cells = shape.cellsPerLocale
        let count = max(blocks * cells * TileLayout.cellStride, 1)
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Double>.stride,
            alignment: 64
        )
        numbers = bytes.bindMemory(to: Double.self, capacity: count)
        numbers.initialize(repeating: 0, count: count)
        for (position, locale) in members.enumerated() {
            let first =
                numbers + position / TileLayout.partners * cells * TileLayout.cellStride
                + position % TileLayout.partners
            scores.withSeries(of: locale) { series in
                for dimension in 0..<shape.dimensions {
                    let start = dimension * shape.intervals
                    let points = UnsafeBufferPointer(
                        rebasing: series[start..<start + shape.intervals]
                    )
                    let centre = Self.mean(of: points)
                    for (interval, score) in points.enumerated() where !score.isNaN {
                        let cell = first + (start + interval) * TileLayout.cellStride
                        cell[0] = score
                        cell[TileLayout.masks] = 1
                        cell[TileLayout.centred] = score - centre
                    }
                }
            }
        }
    }

    deinit {
        numbers.deallocate()
        memberNumbers.deallocate()
    }

    /// A block of partners.
    func block(_ number: Int) -> UnsafePointer<Double> {
        UnsafePointer(numbers + number * cells * TileLayout.cellStride)
    }

    /// A member's numbers in a cell; `nil` where it has no value there.
    func cell(_ cell: Int, of position: Int) -> RowCell? {
        let offset = cell * TileLayout.cellStride
        let numbers =
            block(position / TileLayout.partners) + offset + position % TileLayout.partners
        guard numbers[TileLayout.masks] > 0 else { return nil }
        return RowCell(offset: offset, score: numbers[0], centred: numbers[TileLayout.centred])
    }

    private static func mean(of points: UnsafeBufferPointer<Double>) -> Double {
        var sum = 0.0
        var count = 0.0
        for point in points where !point.isNaN {
            sum += point
            count += 1
        }
        return count > 0 ? sum / count : 0
    }
}
