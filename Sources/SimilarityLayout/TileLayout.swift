/// How the scores of partners lie in memory: block by block of partners, then cell by cell.
///
/// A cell of a block holds the scores of its partners, then their masks, then their centred scores.
/// Where a partner has no value, and in a place without a partner, all three are 0, so that the
/// arithmetic needs no branch.
public enum TileLayout {
    /// Partners in a block, side by side.
    public static let partners = 16
    /// Numbers from one cell of a block to the next.
    public static let cellStride = 3 * partners
    /// Numbers from the beginning of a cell to its masks, 1 where there is a value.
    public static let masks = partners
    /// Numbers from the beginning of a cell to its centred scores.
    public static let centred = 2 * partners
}

/// What a locale has in one cell, and where its partners have theirs.
public struct RowCell {
    /// Numbers from the beginning of a block to the cell.
    public let offset: Int
    /// The z-score.
    public let score: Double
    /// The z-score less the mean of the locale's own series in the dimension.
    ///
    /// Sums of products of these keep nearly all digits, where those of plain scores could cancel.
    public let centred: Double

    /// Creates a cell.
    public init(offset: Int, score: Double, centred: Double) {
        self.offset = offset
        self.score = score
        self.centred = centred
    }
}

/// The present cells of a locale, by interval for distance and once more by dimension for
/// correlation; what it points to is the owner's.
public struct TileRow {
    /// The cells, interval by interval.
    public let byInterval: UnsafePointer<RowCell>
    /// Where the cells of each interval end; an interval without cells is left out.
    public let intervalEnds: UnsafePointer<Int32>
    /// How many intervals have cells.
    public let intervals: Int
    /// The cells, dimension by dimension.
    public let byDimension: UnsafePointer<RowCell>
    /// Where the cells of each dimension end; a dimension without cells is left out.
    public let dimensionEnds: UnsafePointer<Int32>
    /// How many dimensions have cells.
    public let dimensions: Int

    /// Creates a row.
    public init(
        byInterval: UnsafePointer<RowCell>,
        intervalEnds: UnsafePointer<Int32>,
        intervals: Int,
        byDimension: UnsafePointer<RowCell>,
        dimensionEnds: UnsafePointer<Int32>,
        dimensions: Int
    ) {
        self.byInterval = byInterval
        self.intervalEnds = intervalEnds
        self.intervals = intervals
        self.byDimension = byDimension
        self.dimensionEnds = dimensionEnds
        self.dimensions = dimensions
    }
}

/// What comparing rows with a block of partners gives, row by row, a number for each partner.
public struct TileResults {
    /// The sum over all intervals of the distance in each.
    public let distances: UnsafeMutablePointer<Double>
    /// The sum over all dimensions of the correlation in each.
    public let correlations: UnsafeMutablePointer<Double>
    /// For each row the partners, a bit each, whose correlation must be computed with more care.
    public let unsure: UnsafeMutablePointer<UInt32>

    /// Creates results in somebody's memory.
    public init(
        distances: UnsafeMutablePointer<Double>,
        correlations: UnsafeMutablePointer<Double>,
        unsure: UnsafeMutablePointer<UInt32>
    ) {
        self.distances = distances
        self.correlations = correlations
        self.unsure = unsure
    }
}
