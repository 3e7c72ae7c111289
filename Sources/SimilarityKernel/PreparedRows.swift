import SimilarityLayout

/// The present cells of some neighbouring members of a class, ready to meet their partners.
///
/// Their missing cells cost nothing afterwards. For one thread; its memory is used again and again.
final class PreparedRows {
    /// How many rows there is room for.
    let capacity: Int
    /// The rows that were prepared last.
    let rows: UnsafeMutablePointer<TileRow>
    private let shape: IndicatorShape
    private let cells: UnsafeMutablePointer<RowCell>
    private let ends: UnsafeMutablePointer<Int32>

    /// Makes room.
    init(capacity: Int, shape: IndicatorShape) {
        self.capacity = capacity
        self.shape = shape
        rows = .allocate(capacity: capacity)
        cells = .allocate(capacity: 2 * capacity * shape.cellsPerLocale)
        ends = .allocate(capacity: capacity * (shape.intervals + shape.dimensions))
    }

    deinit {
        rows.deallocate()
        cells.deallocate()
        ends.deallocate()
    }

    /// Lists the cells of the members at these positions of their class, at most `capacity`.
    func prepare(_ positions: Range<Int>, in packed: PackedClass) {
        for (number, position) in positions.enumerated() {
            let byInterval = cells + 2 * number * shape.cellsPerLocale
            let byDimension = byInterval + shape.cellsPerLocale
            let intervalEnds = ends + number * (shape.intervals + shape.dimensions)
            let dimensionEnds = intervalEnds + shape.intervals
            let intervals = list(shape.intervals, shape.dimensions, byInterval, intervalEnds) {
                packed.cell(shape.cell(interval: $0, dimension: $1), of: position)
            }
            let dimensions = list(shape.dimensions, shape.intervals, byDimension, dimensionEnds) {
                packed.cell(shape.cell(interval: $1, dimension: $0), of: position)
            }
            (rows + number).initialize(
                to: TileRow(
                    byInterval: byInterval,
                    intervalEnds: intervalEnds,
                    intervals: intervals,
                    byDimension: byDimension,
                    dimensionEnds: dimensionEnds,
                    dimensions: dimensions
                )
            )
        }
    }

    /// Lists cells group by group; returns how many groups have any.
    @inline(__always)
    private func list(
        _ groups: Int,
        _ cellsPerGroup: Int,
        _ cells: UnsafeMutablePointer<RowCell>,
        _ ends: UnsafeMutablePointer<Int32>,
        _ cell: (_ group: Int, _ member: Int) -> RowCell?
    ) -> Int {
        var count = 0
        var filled = 0
        for group in 0..<groups {
            let start = count
            for member in 0..<cellsPerGroup {
                guard let cell = cell(group, member) else { continue }
                (cells + count).initialize(to: cell)
                count += 1
            }
            guard count > start else { continue }
            (ends + filled).initialize(to: Int32(truncatingIfNeeded: count))
            filled += 1
        }
        return filled
    }
}
