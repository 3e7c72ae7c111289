/// How many locales, intervals and dimensions one indicator has, and where each cell lies.
///
/// All three are dense indices from zero. The caller gives them in the order in which results are
/// to be written, so that index order is output order.
public struct IndicatorShape: Equatable, Sendable {
    /// The number of locales.
    public let locales: Int
    /// The number of intervals, such as years.
    public let intervals: Int
    /// The number of dimensions, such as causes of death.
    public let dimensions: Int

    /// Creates a shape; negative counts count as zero.
    public init(locales: Int, intervals: Int, dimensions: Int) {
        self.locales = max(locales, 0)
        self.intervals = max(intervals, 0)
        self.dimensions = max(dimensions, 0)
    }

    /// Cells of one locale: every combination of dimension and interval.
    public var cellsPerLocale: Int { intervals * dimensions }

    /// Where the cell of a dimension and an interval lies within its locale: a dimension's
    /// intervals are neighbours, because correlation runs along them.
    func cell(interval: Int, dimension: Int) -> Int { dimension * intervals + interval }

    /// Words of 64 bits that hold one bit for each interval.
    var intervalWords: Int { (intervals + 63) / 64 }
    /// Words of 64 bits that hold one bit for each dimension.
    var dimensionWords: Int { (dimensions + 63) / 64 }
}
