/// The values of one indicator, packed: locale by locale, then dimension, then interval.
public struct IndicatorValues: Sendable {
    /// The counts that the indices of this indicator stay below.
    public let shape: IndicatorShape
    /// The class of each locale; only locales of one class are compared.
    public let classes: [Int]
    /// How many values came for a cell that already had one.
    public private(set) var repeatedValues = 0
    /// One number for each cell; not-a-number where there is no value.
    private(set) var cells: [Double]

    /// Creates an indicator without values.
    ///
    /// - Parameters:
    ///   - classes: The class of each locale as any number; its count is the number of locales.
    ///   - intervals: The number of intervals.
    ///   - dimensions: The number of dimensions.
    public init(classes: [Int], intervals: Int, dimensions: Int) {
        shape = IndicatorShape(
            locales: classes.count,
            intervals: intervals,
            dimensions: dimensions
        )
        self.classes = classes
        cells = Array(repeating: .nan, count: shape.locales * shape.cellsPerLocale)
    }

    /// The value of a cell of the shape; `nil` where there is none.
    public func value(locale: Int, interval: Int, dimension: Int) -> Double? {
        let value = cells[index(locale, interval, dimension)]
        return value.isNaN ? nil : value
    }

    /// Puts a value into its cell; of several for one cell the greatest stays.
    ///
    /// A value that is not finite, or an index outside the shape, changes nothing.
    public mutating func insert(_ value: Double, locale: Int, interval: Int, dimension: Int) {
        guard
            value.isFinite, (0..<shape.locales).contains(locale),
            (0..<shape.intervals).contains(interval), (0..<shape.dimensions).contains(dimension)
        else { return }
        let cell = index(locale, interval, dimension)
        if cells[cell].isNaN {
            cells[cell] = value
        } else {
            repeatedValues += 1
            cells[cell] = max(cells[cell], value)
        }
    }

    private func index(_ locale: Int, _ interval: Int, _ dimension: Int) -> Int {
        locale * shape.cellsPerLocale + shape.cell(interval: interval, dimension: dimension)
    }
}
