import ParquetFile
import SimilarityKernel

/// An indicator's results as rows of Parquet, without the column `indicator_id`.
///
/// Groups of rows may be made on several threads at once.
struct ResultRows: Sendable {
    /// The columns of `weighted_distances`.
    static let pairColumns = [
        ParquetColumn("locale", .string), ParquetColumn("comp_locale", .string),
        ParquetColumn("correlation", .double), ParquetColumn("adjusted_correlation", .double),
        ParquetColumn("distance", .double), ParquetColumn("weighted_distance", .double),
        ParquetColumn("n_intervals", .int32), ParquetColumn("n_dimensions", .int32),
        ParquetColumn("intervals_set", .int64), ParquetColumn("dimensions_set", .int64),
    ]
    /// The columns of `distances_over_time`.
    static let distanceColumns = [
        ParquetColumn("locale", .string), ParquetColumn("comp_locale", .string),
        ParquetColumn("interval", .string), ParquetColumn("distance", .double),
    ]

    private let locales: ParquetTexts
    private let intervals: ParquetTexts
    private let intervalIDs: SetIDs
    private let dimensionIDs: SetIDs
    private let encoders: ResultEncoders

    init(_ indicator: NamedIndicator, _ encoders: ResultEncoders) {
        self.encoders = encoders
        locales = ParquetTexts(indicator.locales)
        intervals = ParquetTexts(indicator.intervals)
        intervalIDs = SetIDs(indicator.intervals)
        dimensionIDs = SetIDs(indicator.dimensions)
    }

    /// Rows of `weighted_distances`, and the sets that they name.
    struct Pairs: Sendable {
        let rows: EncodedRowGroup
        let intervalSets: IndexSets
        let intervalIDs: [Int64]
        let dimensionSets: IndexSets
        let dimensionIDs: [Int64]
    }

    /// Encodes compared pairs.
    func encode(_ columns: PairColumns) -> Pairs {
        let intervalIDs = intervalIDs.ids(of: columns.intervalSets)
        let dimensionIDs = dimensionIDs.ids(of: columns.dimensionSets)
        let rows = encoders.pairs.encode(
            [
                .oneText(locales, runs: columns.locales.map(Self.run)),
                .unsafeTexts(locales, codes: columns.others),
                .unsafeDoubles(columns.correlations),
                .unsafeDoubles(columns.adjustedCorrelations),
                .unsafeDoubles(columns.distances),
                .unsafeDoubles(columns.weightedDistances),
                Self.sizes(of: columns.intervalSets, columns.intervalSetNumbers),
                Self.sizes(of: columns.dimensionSets, columns.dimensionSetNumbers),
                .unsafeInt64(intervalIDs, codes: columns.intervalSetNumbers),
                .unsafeInt64(dimensionIDs, codes: columns.dimensionSetNumbers),
            ],
            rows: columns.count
        )
        return Pairs(
            rows: rows,
            intervalSets: columns.intervalSets,
            intervalIDs: intervalIDs,
            dimensionSets: columns.dimensionSets,
            dimensionIDs: dimensionIDs
        )
    }

    /// Encodes distances over time.
    func encode(_ columns: IntervalDistanceColumns) -> EncodedRowGroup {
        encoders.distances.encode(
            [
                .oneText(locales, runs: columns.locales.map(Self.run)),
                .oneText(locales, runs: columns.others.map(Self.run)),
                .texts(intervals, codes: columns.intervals),
                .doubles(columns.distances),
            ],
            rows: columns.count
        )
    }

    private static func run(_ locale: Int, _ rows: Int) -> (code: Int32, count: Int) {
        (Int32(truncatingIfNeeded: locale), rows)
    }

    /// How many members the set of each row has.
    private static func sizes(
        of sets: IndexSets,
        _ numbers: UnsafeBufferPointer<Int32>
    ) -> ParquetValues {
        let distinct = Set(sets.sizes).sorted()
        let codes = Dictionary(
            uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) }
        )
        let codeOfSet = sets.sizes.map { codes[$0] ?? 0 }
        return .int32(distinct, codes: numbers.map { codeOfSet[Int($0)] })
    }
}

/// The encoders of all indicators' rows, which keep their scratch memory.
struct ResultEncoders: Sendable {
    let pairs = ParquetEncoder(ResultRows.pairColumns)
    let distances = ParquetEncoder(ResultRows.distanceColumns)
    let sets = ParquetEncoder(ComparedSets.columns)
}
