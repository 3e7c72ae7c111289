/// Some partners side by side: what one vector instruction works on.
typealias Lanes = SIMD4<Double>

/// The scores of the locales of one class, laid out so that one locale meets several partners at
/// once, a partner a lane.
///
/// Block by block of partners, then cell by cell; a missing cell, and a lane without a partner, has
/// mask 0 and scores 0, so that arithmetic needs no branch.
struct PackedClass: Sendable {
    /// The locales of the class, ascending.
    let members: [Int]
    /// How many blocks of lanes hold them.
    let blocks: Int
    /// The scores, 0 where missing.
    private(set) var scores: [Lanes]
    /// The scores less the mean of the locale's own series in the dimension, 0 where missing.
    ///
    /// Sums of products of these keep nearly all digits, where those of plain scores could cancel.
    private(set) var centred: [Lanes]
    /// 1 where there is a score, else 0.
    private(set) var masks: [Lanes]

    /// Packs the members of a class.
    init(_ members: [Int], of scores: ZScores) {
        let shape = scores.shape
        let width = Lanes.scalarCount
        self.members = members
        blocks = (members.count + width - 1) / width
        let empty = Array(repeating: Lanes(repeating: 0), count: blocks * shape.cellsPerLocale)
        self.scores = empty
        centred = empty
        masks = empty
        for (position, locale) in members.enumerated() {
            let block = position / width * shape.cellsPerLocale
            let series = scores.series(of: locale)
            for dimension in 0..<shape.dimensions {
                let first = dimension * shape.intervals
                let points = series.dropFirst(first).prefix(shape.intervals)
                let centre = Self.mean(of: points)
                for (interval, score) in points.enumerated() where !score.isNaN {
                    let cell = block + first + interval
                    self.scores[cell][position % width] = score
                    centred[cell][position % width] = score - centre
                    masks[cell][position % width] = 1
                }
            }
        }
    }

    private static func mean(of points: ArraySlice<Double>) -> Double {
        var sum = 0.0
        var count = 0.0
        for point in points where !point.isNaN {
            sum += point
            count += 1
        }
        return count > 0 ? sum / count : 0
    }
}
