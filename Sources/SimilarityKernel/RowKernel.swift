/// Compares one locale with a block of partners: the arithmetic of the fast path.
struct RowKernel {
    private let row: PreparedRow
    private let scores: UnsafePointer<Lanes>
    private let centred: UnsafePointer<Lanes>
    private let masks: UnsafePointer<Lanes>

    /// What a block's correlation in one dimension cannot say reliably: asks for it anew.
    typealias Recompute = (_ dimension: Int, _ lane: Int) -> Double

    /// Prepares to compare a row.
    ///
    /// - Parameters:
    ///   - row: The locale.
    ///   - scores: The scores of its class, valid while this value is used; so the next two.
    ///   - centred: The centred scores of its class.
    ///   - masks: The masks of its class.
    init(
        _ row: PreparedRow,
        scores: UnsafePointer<Lanes>,
        centred: UnsafePointer<Lanes>,
        masks: UnsafePointer<Lanes>
    ) {
        self.row = row
        self.scores = scores
        self.centred = centred
        self.masks = masks
    }

    /// The mean distance from each partner of the block that begins at `start`; -1 where there is
    /// no common cell.
    func distance(fromBlockAt start: Int) -> Lanes {
        var total = Lanes(repeating: 0)
        var count = Lanes(repeating: 0)
        intervalDistances(fromBlockAt: start) { _, distance, compared in
            total += distance
            count.replace(with: count + 1, where: compared)
        }
        let none = count .== 0
        return (total / count.replacing(with: 1, where: none)).replacing(with: -1, where: none)
    }

    /// Hands over, for each interval of the row, the distance from each partner (0 where they have
    /// no common cell in it) and whether they have one.
    @inline(__always)
    func intervalDistances(
        fromBlockAt start: Int,
        _ body: (_ interval: Int, _ distance: Lanes, _ compared: SIMDMask<SIMD4<Int64>>) -> Void
    ) {
        let scores = scores + start
        let masks = masks + start
        row.byInterval.withUnsafeBufferPointer { cells in
            for interval in 0..<row.intervalStarts.count - 1 {
                let range = row.intervalStarts[interval]..<row.intervalStarts[interval + 1]
                guard !range.isEmpty else { continue }
                var squares = Lanes(repeating: 0)
                var seen = Lanes(repeating: 0)
                for position in range {
                    let cell = cells[position]
                    let mask = masks[cell.index]
                    let difference = (Lanes(repeating: cell.score) - scores[cell.index]) * mask
                    squares += difference * difference
                    seen += mask
                }
                body(interval, squares.squareRoot(), seen .> 0)
            }
        }
    }

    /// The mean correlation with each partner of the block that begins at `start`; 0 where there is
    /// no common cell.
    ///
    /// Sums of centred scores give deviations from the mean of the common points by a subtraction.
    /// Where that would lose more than four bits, or the result is near the limit of a constant
    /// series, `recompute` is asked for the correlation of that lane.
    @inline(__always)
    func correlation(withBlockAt start: Int, recompute: Recompute) -> Lanes {
        let centred = centred + start
        let masks = masks + start
        var total = Lanes(repeating: 0)
        var dimensions = Lanes(repeating: 0)
        row.byDimension.withUnsafeBufferPointer { cells in
            for dimension in 0..<row.dimensionStarts.count - 1 {
                let range = row.dimensionStarts[dimension]..<row.dimensionStarts[dimension + 1]
                guard !range.isEmpty else { continue }
                var sums = SeriesSums()
                for position in range {
                    let cell = cells[position]
                    sums.add(cell.centred, centred[cell.index], mask: masks[cell.index])
                }
                dimensions.replace(with: dimensions + 1, where: sums.count .> 0)
                guard range.count >= 5 else { continue }
                var (correlation, unsure) = sums.correlation()
                if any(unsure) {
                    for lane in 0..<Lanes.scalarCount where unsure[lane] {
                        correlation[lane] = recompute(dimension, lane)
                    }
                }
                total += correlation
            }
        }
        return total / dimensions.replacing(with: 1, where: dimensions .== 0)
    }
}

/// Sums over the common points of a row and a block of partners, in one dimension.
private struct SeriesSums {
    var count = Lanes(repeating: 0)
    private var x = Lanes(repeating: 0)
    private var y = Lanes(repeating: 0)
    private var xx = Lanes(repeating: 0)
    private var yy = Lanes(repeating: 0)
    private var xy = Lanes(repeating: 0)

    /// Adds a point that the row has; partners without it have 0 and mask 0.
    @inline(__always)
    mutating func add(_ rowScore: Double, _ partners: Lanes, mask: Lanes) {
        let own = Lanes(repeating: rowScore)
        let common = own * mask
        count += mask
        x += common
        y += partners
        xx += common * own
        yy += partners * partners
        xy += own * partners
    }

    /// The correlation (0 where there are fewer than five points or a series is clearly constant),
    /// and the lanes in which it must be computed with more care.
    @inline(__always)
    func correlation() -> (Lanes, unsure: SIMDMask<SIMD4<Int64>>) {
        let points = count.replacing(with: 1, where: count .== 0)
        let squaresX = xx - x * x / points
        let squaresY = yy - y * y / points
        let limit = points * constantSeries
        // The sum of squares is never less than that of deviations: this small, it settles it.
        let constant = (xx .<= limit * 0.5) .| (yy .<= limit * 0.5)
        let enough = (count .>= 5) .& .!constant
        let sure =
            (squaresX * 16 .>= xx) .& (squaresY * 16 .>= yy) .& (squaresX .> limit * 16)
            .& (squaresY .> limit * 16)
        let product = (squaresX * squaresY).replacing(with: 1, where: .!sure)
        let correlation = (xy - x * y / points) / product.squareRoot()
        return (correlation.replacing(with: 0, where: .!(enough .& sure)), enough .& .!sure)
    }
}
