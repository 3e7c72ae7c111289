import DuckDB
import HandlerRuntime
import SimilarityKernel

/// An indicator read from the lake: its values, and the names behind their indices.
struct NamedIndicator {
    let id: String
    /// Sorted by their bytes, as results are; so the next two.
    let locales: [String]
    let intervals: [String]
    let dimensions: [String]
    let values: IndicatorValues
    /// Rows without a place, an interval, a dimension or a finite value.
    let ignoredRows: Int

    /// Reads an indicator; of the nation as a whole (`US`) there is nothing to compare.
    ///
    /// - Parameters:
    ///   - id: The indicator.
    ///   - rows: An SQL query for its rows.
    ///   - connection: The connection to read with; three temporary tables are made anew in it.
    ///   - memory: Bytes that the packed values may take.
    /// - Throws: `HandlerError` where they would take more.
    init(
        id: String,
        rows: String,
        _ connection: borrowing Connection,
        memory: Int
    ) throws {
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE indicator AS
            FROM (\(rows)) WHERE locale IS DISTINCT FROM 'US'
            """
        )
        let usable = """
            locale IS NOT NULL AND "interval" IS NOT NULL AND dimension_id IS NOT NULL \
            AND value IS NOT NULL AND isfinite(value)
            """
        let ignored = try connection.scalar("SELECT count(*) FROM indicator WHERE NOT (\(usable))")
        self.id = id
        ignoredRows = ignored?.int ?? 0
        locales = try Self.names("locale", usable, connection)
        intervals = try Self.names("interval", usable, connection)
        dimensions = try Self.names("dimension_id", usable, connection)
        let classes = Self.classes(of: locales)
        let needed = PackedIndicator.memory(
            classes: classes,
            intervals: intervals.count,
            dimensions: dimensions.count
        )
        guard needed <= memory else {
            throw HandlerError.failure(
                "TooLittleMemory",
                """
                indicator \(id) has \(locales.count) locales, \(intervals.count) intervals and \
                \(dimensions.count) dimensions, which take \(needed >> 20) MiB of the \
                \(memory >> 20) MiB set aside for them; raise the function's memory
                """
            )
        }
        values = try Self.values(
            IndicatorValues(
                classes: classes,
                intervals: intervals.count,
                dimensions: dimensions.count
            ),
            usable,
            connection
        )
    }

    /// The classes of locales, as numbers: all but the last of three or more parts, else the name.
    static func classes(of locales: [String]) -> [Int] {
        var numbers: [Substring: Int] = [:]
        return locales.map { locale in
            let colons = locale.utf8.count { $0 == UInt8(ascii: ":") }
            let last = locale.utf8.lastIndex(of: UInt8(ascii: ":")) ?? locale.endIndex
            let label = colons >= 2 ? locale[..<last] : locale[...]
            let number = numbers[label, default: numbers.count]
            numbers[label] = number
            return number
        }
    }

    /// The distinct values of a column in order, kept as a table of names and numbers too.
    private static func names(
        _ column: String,
        _ usable: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [String] {
        let name = SQL.identifier(column)
        let table = SQL.identifier("\(column)_numbers")
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(table) AS
            SELECT \(name), (row_number() OVER (ORDER BY \(name)) - 1)::INTEGER AS number
            FROM (SELECT DISTINCT \(name) FROM indicator WHERE \(usable))
            """
        )
        let rows = try connection.rows("SELECT \(name) FROM \(table) ORDER BY number")
        return rows.map { $0[0].string ?? "" }
    }

    private static func values(
        _ empty: IndicatorValues,
        _ usable: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> IndicatorValues {
        var values = empty
        let result = try connection.query(
            """
            SELECT l.number, i.number, d.number, value FROM indicator
            JOIN locale_numbers l USING (locale) JOIN interval_numbers i USING ("interval")
            JOIN dimension_id_numbers d USING (dimension_id) WHERE \(usable)
            """
        )
        while let chunk = try result.nextChunk() {
            chunk.withValues(of: 0, as: Int32.self) { locales, _ in
                chunk.withValues(of: 1, as: Int32.self) { intervals, _ in
                    chunk.withValues(of: 2, as: Int32.self) { dimensions, _ in
                        chunk.withValues(of: 3, as: Double.self) { numbers, _ in
                            for row in numbers.indices {
                                values.insert(
                                    numbers[row],
                                    locale: Int(locales[row]),
                                    interval: Int(intervals[row]),
                                    dimension: Int(dimensions[row])
                                )
                            }
                        }
                    }
                }
            }
        }
        return values
    }
}
