import CDuckDB

/// Rows that Swift code makes, which SQL reads as `FROM name()`, in the order in which they are
/// made and without keeping them.
///
/// ```swift
/// let source = try RowSource(connection, name: "squares", columns: [.init("n", .int64)])
/// try source.supply { writer in fill(writer) } whileRunning: {
///     try connection.execute("COPY (FROM squares()) TO 'squares.parquet'")
/// }
/// ```
public struct RowSource {
    /// One column of the rows.
    public struct Column: Sendable {
        /// The column's name.
        public let name: String
        /// What its values are.
        public let kind: Kind

        /// A column of a name and a kind.
        public init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// What the values of a column are.
    public enum Kind: Sendable {
        /// `VARCHAR`.
        case string
        /// `INTEGER`.
        case int32
        /// `BIGINT`.
        case int64
    }

    private let supplier: Supplier

    /// Registers a table function without parameters for as long as the database is open.
    ///
    /// - Parameters:
    ///   - connection: Any connection of the database.
    ///   - name: The function's name, which no other function of the database has.
    ///   - columns: At least one.
    /// - Throws: `DuckDBError` when the name is taken.
    public init(
        _ connection: borrowing Connection,
        name: String,
        columns: [Column]
    )
        throws(DuckDBError)
    {
        supplier = Supplier(columns)
        var function = duckdb_create_table_function()
        defer { duckdb_destroy_table_function(&function) }
        duckdb_table_function_set_name(function, name)
        duckdb_table_function_set_extra_info(
            function,
            Unmanaged.passRetained(supplier).toOpaque()
        ) { held in
            if let held { Unmanaged<Supplier>.fromOpaque(held).release() }
        }
        duckdb_table_function_set_bind(function) { info in
            Supplier.of(duckdb_bind_get_extra_info(info))?.declareColumns(info)
        }
        // One thread asks for rows, or their order would be lost.
        duckdb_table_function_set_init(function) { duckdb_init_set_max_threads($0, 1) }
        duckdb_table_function_set_function(function) { info, chunk in
            guard let chunk else { return }
            Supplier.of(duckdb_function_get_extra_info(info))?.fill(chunk, info)
        }
        guard duckdb_register_table_function(connection.handle, function) == DuckDBSuccess else {
            throw DuckDBError(step: "register the rows \(name)()", message: "it was refused")
        }
    }

    /// Supplies rows to the statements that `body` runs.
    ///
    /// - Parameters:
    ///   - rows: Writes the next rows, at most `Appender.chunkCapacity`, and returns how many; 0
    ///     at the end. Called on one of DuckDB's threads, one call at a time. What it throws ends
    ///     the statement with a `DuckDBError` that has the error's text.
    ///   - body: Runs a statement that reads the rows once.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func supply<Result, Failure: Error>(
        _ rows: @escaping (ChunkWriter) throws -> Int,
        whileRunning body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        supplier.rows = rows
        defer { supplier.rows = nil }
        return try body()
    }
}

/// What DuckDB's calls reach: the columns, and who makes the rows at present.
private final class Supplier {
    private let columns: [RowSource.Column]
    private let layouts: [ColumnLayout]
    var rows: ((ChunkWriter) throws -> Int)?

    init(_ columns: [RowSource.Column]) {
        self.columns = columns
        layouts = columns.map(\.kind.layout)
    }

    static func of(_ held: UnsafeMutableRawPointer?) -> Supplier? {
        held.map { Unmanaged<Supplier>.fromOpaque($0).takeUnretainedValue() }
    }

    func declareColumns(_ info: duckdb_bind_info?) {
        for column in columns {
            var type = column.kind.makeLogicalType()
            duckdb_bind_add_result_column(info, column.name, type)
            duckdb_destroy_logical_type(&type)
        }
    }

    func fill(_ chunk: duckdb_data_chunk, _ info: duckdb_function_info?) {
        let writer = ChunkWriter(
            chunk: chunk,
            layouts: layouts,
            rowCount: Appender.chunkCapacity
        )
        do {
            let count = try rows?(writer) ?? 0
            duckdb_data_chunk_set_size(chunk, idx_t(count))
        } catch {
            duckdb_function_set_error(info, "\(error)")
        }
    }
}

extension RowSource.Kind {
    fileprivate var layout: ColumnLayout {
        switch self {
        case .string: .string(isJSON: false)
        case .int32: .int32
        case .int64: .int64
        }
    }

    fileprivate func makeLogicalType() -> duckdb_logical_type? {
        switch self {
        case .string: duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)
        case .int32: duckdb_create_logical_type(DUCKDB_TYPE_INTEGER)
        case .int64: duckdb_create_logical_type(DUCKDB_TYPE_BIGINT)
        }
    }
}
