/// One locale's present cells, by dimension for correlation and again by interval for distance.
///
/// Its missing cells cost nothing when it meets its partners.
struct PreparedRow {
    /// A present cell: where it lies in a block, and what the locale has there.
    struct Cell {
        let index: Int
        let score: Double
        let centred: Double
    }

    private(set) var byDimension: [Cell] = []
    /// Where each dimension's cells begin in `byDimension`, and the end of the last.
    private(set) var dimensionStarts: [Int] = []
    private(set) var byInterval: [Cell] = []
    /// Where each interval's cells begin in `byInterval`, and the end of the last.
    private(set) var intervalStarts: [Int] = []

    /// Lists the cells of the member at a position of its class.
    init(position: Int, in packed: PackedClass, shape: IndicatorShape) {
        let lane = position % Lanes.scalarCount
        let block = position / Lanes.scalarCount * shape.cellsPerLocale
        func present(_ index: Int) -> Cell? {
            guard packed.masks[block + index][lane] > 0 else { return nil }
            return Cell(
                index: index,
                score: packed.scores[block + index][lane],
                centred: packed.centred[block + index][lane]
            )
        }
        for dimension in 0..<shape.dimensions {
            dimensionStarts.append(byDimension.count)
            for interval in 0..<shape.intervals {
                let index = shape.cell(interval: interval, dimension: dimension)
                if let cell = present(index) { byDimension.append(cell) }
            }
        }
        dimensionStarts.append(byDimension.count)
        for interval in 0..<shape.intervals {
            intervalStarts.append(byInterval.count)
            for dimension in 0..<shape.dimensions {
                let index = shape.cell(interval: interval, dimension: dimension)
                if let cell = present(index) { byInterval.append(cell) }
            }
        }
        intervalStarts.append(byInterval.count)
    }
}
