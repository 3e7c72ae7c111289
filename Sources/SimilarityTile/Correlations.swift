import SimilarityLayout

// Compiled once for each set of vector instructions, as Tile.swift is.

/// The sum over all dimensions of a row of its correlation with each partner, and a bit for each
/// partner whose correlation the sums of some dimension cannot give reliably.
@inline(__always)
func correlations(_ row: TileRow, _ partners: UnsafeRawPointer) -> (Pair, unsure: UInt32) {
    var total = Pair()
    var unsure: UInt32 = 0
    var cell = 0
    for dimension in 0..<row.dimensions {
        let end = Int(row.dimensionEnds[dimension])
        // Fewer than five points: no correlation, whatever the partners have.
        guard end &- cell >= 5 else {
            cell = end
            continue
        }
        var low = SeriesSums()
        var high = SeriesSums()
        while cell < end {
            let own = row.byDimension[cell]
            let masks = load(partners, own.offset &+ TileLayout.masks)
            let scores = load(partners, own.offset &+ TileLayout.centred)
            let score = Lanes(repeating: own.centred)
            low.add(score, scores.low, masks.low)
            high.add(score, scores.high, masks.high)
            cell &+= 1
        }
        total.low += low.correlation(&unsure, shift: 0)
        total.high += high.correlation(&unsure, shift: UInt32(Lanes.scalarCount))
    }
    return (total, unsure)
}

/// Sums over the common points of a row and a vector of partners in one dimension.
private struct SeriesSums {
    private var count = Lanes(repeating: 0)
    private var x = Lanes(repeating: 0)
    private var y = Lanes(repeating: 0)
    private var xx = Lanes(repeating: 0)
    private var yy = Lanes(repeating: 0)
    private var xy = Lanes(repeating: 0)

    /// Adds a point that the row has; a partner without it has score 0 and mask 0.
    @inline(__always)
    mutating func add(_ own: Lanes, _ partners: Lanes, _ masks: Lanes) {
        let common = own * masks
        count += masks
        x += common
        y += partners
        xx = multiplyAdd(common, own, xx)
        yy = multiplyAdd(partners, partners, yy)
        xy = multiplyAdd(own, partners, xy)
    }

    /// The correlation: 0 where there are fewer than five points, or a series is clearly constant.
    ///
    /// The deviations from the mean of the common points come from a subtraction. Where that loses
    /// more than four bits, or comes near the limit of a constant series, the lane is unsure: its
    /// bit is set, and the correlation 0.
    @inline(__always)
    func correlation(_ unsure: inout UInt32, shift: UInt32) -> Lanes {
        let scaledX = count * xx
        let scaledY = count * yy
        let squaresX = multiplyAdd(-x, x, scaledX)
        let squaresY = multiplyAdd(-y, y, scaledY)
        // A series is constant up to 1e-12 times its points; here all is times the points once more.
        let limit = count * count * 1e-12
        // The sum of squares is never less than that of deviations: this small, it settles it.
        let varies = (scaledX .> limit * 0.5) .& (scaledY .> limit * 0.5)
        let counts = (count .>= 5) .& varies
        let sure =
            (squaresX * 16 .>= scaledX) .& (squaresY * 16 .>= scaledY)
            .& (squaresX .> limit * 16) .& (squaresY .> limit * 16)
        let doubtful = counts .& .!sure
        if any(doubtful) { unsure |= bits(doubtful) << shift }
        // In the form of the squares, so that a series correlates with itself by exactly 1.
        let correlation = multiplyAdd(-x, y, count * xy) / squareRoot(squaresX * squaresY)
        return correlation.replacing(with: 0, where: .!(counts .& sure))
    }

    @inline(__always)
    private func bits(_ mask: LaneMask) -> UInt32 {
        var bits: UInt32 = 0
        for lane in 0..<Lanes.scalarCount where mask[lane] {
            bits |= 1 << UInt32(truncatingIfNeeded: lane)
        }
        return bits
    }
}
