/// Rows of compared pairs, column by column.
public final class PairColumns {
    /// The compared locales in order, and how many rows each has.
    public let locales: [(locale: Int, rows: Int)]
    /// The distinct sets of intervals of these rows.
    public let intervalSets: IndexSets
    /// The distinct sets of dimensions of these rows.
    public let dimensionSets: IndexSets
    /// The number of rows.
    public let count: Int

    private let capacity: Int
    private let numbers: UnsafeMutablePointer<Double>
    private let codes: UnsafeMutablePointer<Int32>

    fileprivate init(_ rows: consuming PairRows) {
        locales = rows.locales
        intervalSets = rows.intervalSets
        dimensionSets = rows.dimensionSets
        count = rows.count
        capacity = rows.capacity
        numbers = rows.numbers
        codes = rows.codes
    }

    deinit {
        numbers.deallocate()
        codes.deallocate()
    }

    /// The mean correlation.
    ///
    /// Valid as long as this object is; so the next ones.
    public var correlations: UnsafeBufferPointer<Double> { column(numbers, 0) }
    /// One minus half the correlation.
    public var adjustedCorrelations: UnsafeBufferPointer<Double> { column(numbers, 1) }
    /// The mean distance.
    public var distances: UnsafeBufferPointer<Double> { column(numbers, 2) }
    /// The distance times the adjusted correlation.
    public var weightedDistances: UnsafeBufferPointer<Double> { column(numbers, 3) }
    /// The locale that each row's is compared with.
    public var others: UnsafeBufferPointer<Int32> { column(codes, 0) }
    /// The compared intervals, as a number in `intervalSets`.
    public var intervalSetNumbers: UnsafeBufferPointer<Int32> { column(codes, 1) }
    /// The compared dimensions, as a number in `dimensionSets`.
    public var dimensionSetNumbers: UnsafeBufferPointer<Int32> { column(codes, 2) }

    private func column<Number>(
        _ start: UnsafeMutablePointer<Number>,
        _ number: Int
    ) -> UnsafeBufferPointer<Number> {
        UnsafeBufferPointer(start: start + number * capacity, count: count)
    }
}

/// Rows while they are added; ``columns()`` must be called, or their memory is lost.
struct PairRows: ~Copyable {
    fileprivate private(set) var locales: [(locale: Int, rows: Int)] = []
    fileprivate private(set) var intervalSets: IndexSets
    fileprivate private(set) var dimensionSets: IndexSets
    fileprivate private(set) var count = 0
    fileprivate let capacity: Int
    fileprivate let numbers: UnsafeMutablePointer<Double>
    fileprivate let codes: UnsafeMutablePointer<Int32>
    private var rowsBefore = 0

    /// Makes room for so many rows.
    init(_ shape: IndicatorShape, capacity: Int) {
        self.capacity = capacity
        intervalSets = IndexSets(wordsPerSet: shape.intervalWords)
        dimensionSets = IndexSets(wordsPerSet: shape.dimensionWords)
        numbers = .allocate(capacity: max(1, 4 * capacity))
        codes = .allocate(capacity: max(1, 3 * capacity))
    }

    /// The rows; none can be added afterwards.
    consuming func columns() -> PairColumns { PairColumns(self) }

    /// Adds a row; its sets follow.
    @inline(__always)
    mutating func append(_ other: Int, _ comparison: PairComparison) {
        let number = numbers + count
        number[0] = comparison.correlation
        number[capacity] = comparison.adjustedCorrelation
        number[2 &* capacity] = comparison.distance
        number[3 &* capacity] = comparison.weightedDistance
        codes[count] = Int32(truncatingIfNeeded: other)
        count &+= 1
    }

    /// The sets of the row that was added last, where a word holds each.
    @inline(__always)
    mutating func setSets(intervals: UInt64, dimensions: UInt64) {
        codes[capacity &+ count &- 1] = intervalSets.number(of: intervals)
        codes[2 &* capacity &+ count &- 1] = dimensionSets.number(of: dimensions)
    }

    /// The sets of the row that was added last.
    mutating func setSets(
        intervals: UnsafeBufferPointer<UInt64>,
        dimensions: UnsafeBufferPointer<UInt64>
    ) {
        codes[capacity + count - 1] = intervalSets.number(of: intervals)
        codes[2 * capacity + count - 1] = dimensionSets.number(of: dimensions)
    }

    mutating func endRows(of locale: Int) {
        guard count > rowsBefore else { return }
        locales.append((locale, count - rowsBefore))
        rowsBefore = count
    }
}
