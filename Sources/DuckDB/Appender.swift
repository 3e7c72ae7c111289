import CDuckDB

/// Adds rows to a table in bulk, whole columns at a time.
///
/// Rows are in the table once `finish()` has returned, within the connection's transaction if one
/// is open. An appender that goes away unfinished may have added some of its rows.
public struct Appender: ~Copyable {
    /// The most rows that one `append(rows:fill:)` takes.
    public static var chunkCapacity: Int { Int(duckdb_vector_size()) }

    private let table: String
    private let handle: duckdb_appender
    private let chunk: duckdb_data_chunk
    private let layouts: [ColumnLayout]

    /// An appender to an existing table.
    ///
    /// - Parameters:
    ///   - connection: Must outlive the appender.
    ///   - schema: The table's schema; `nil` for the current one.
    ///   - table: The table's bare name, unquoted.
    /// - Throws: `DuckDBError` when there is no such table.
    public init(
        _ connection: borrowing Connection,
        schema: String? = nil,
        table: String
    )
        throws(DuckDBError)
    {
        var made: duckdb_appender?
        let state = duckdb_appender_create(connection.handle, schema, table, &made)
        guard state == DuckDBSuccess, let appender = made else {
            defer { duckdb_appender_destroy(&made) }
            throw DuckDBError(step: "append to \(table)", cMessage: duckdb_appender_error(made))
        }
        let count = duckdb_appender_column_count(appender)
        var types = (0..<count).map { duckdb_appender_column_type(appender, $0) }
        defer {
            for index in types.indices { duckdb_destroy_logical_type(&types[index]) }
        }
        guard let chunk = duckdb_create_data_chunk(&types, count) else {
            duckdb_appender_destroy(&made)
            throw DuckDBError(step: "append to \(table)", message: "no chunk of rows was given")
        }
        self.table = table
        self.chunk = chunk
        handle = appender
        layouts = types.map { ColumnLayout(logicalType: $0) }
    }

    deinit {
        var chunkClosing: duckdb_data_chunk? = chunk
        duckdb_destroy_data_chunk(&chunkClosing)
        var closing: duckdb_appender? = handle
        duckdb_appender_destroy(&closing)
    }

    /// Adds `count` rows that `fill` writes column by column.
    ///
    /// - Parameters:
    ///   - count: From 1 to `chunkCapacity`.
    ///   - fill: Writes every column of every row; the writer is valid only during the call.
    /// - Throws: `DuckDBError` of `fill`, or when the table refuses a row.
    public mutating func append(
        rows count: Int,
        fill: (ChunkWriter) throws(DuckDBError) -> Void
    ) throws(DuckDBError) {
        precondition((1...Self.chunkCapacity).contains(count), "\(count) rows in one chunk")
        duckdb_data_chunk_reset(chunk)
        try fill(ChunkWriter(chunk: chunk, layouts: layouts, rowCount: count))
        duckdb_data_chunk_set_size(chunk, idx_t(count))
        guard duckdb_append_data_chunk(handle, chunk) == DuckDBSuccess else {
            throw failure()
        }
    }

    /// Puts what was appended into the table; nothing can be appended after it.
    public mutating func finish() throws(DuckDBError) {
        guard duckdb_appender_close(handle) == DuckDBSuccess else { throw failure() }
    }

    private func failure() -> DuckDBError {
        DuckDBError(step: "append to \(table)", cMessage: duckdb_appender_error(handle))
    }
}

/// Writes the columns of one chunk of rows.
public struct ChunkWriter {
    let chunk: duckdb_data_chunk
    let layouts: [ColumnLayout]
    /// The number of rows to write.
    public let rowCount: Int

    /// The column's memory, one element per row; valid only within `fill`.
    ///
    /// The column's layout must be that of `Scalar`; anything else traps.
    public func values<Scalar: ColumnScalar>(
        of column: Int,
        as type: Scalar.Type
    ) -> UnsafeMutableBufferPointer<Scalar> {
        precondition(
            Scalar.matches(layouts[column]),
            "column \(column) is \(layouts[column]), not \(type)"
        )
        let data = duckdb_vector_get_data(vector(column))
        return UnsafeMutableBufferPointer(
            start: data?.assumingMemoryBound(to: Scalar.self),
            count: data == nil ? 0 : rowCount
        )
    }

    /// Copies `text` into a `VARCHAR` column.
    public func setString(_ text: String, column: Int, row: Int) {
        var text = text
        text.withUTF8 { setBytes($0, column: column, row: row) }
    }

    /// Copies `bytes`, which must be UTF-8 for a `VARCHAR` column.
    public func setBytes(_ bytes: UnsafeBufferPointer<UInt8>, column: Int, row: Int) {
        bytes.withMemoryRebound(to: CChar.self) { characters in
            duckdb_vector_assign_string_element_len(
                vector(column),
                idx_t(row),
                characters.baseAddress,
                idx_t(characters.count)
            )
        }
    }

    /// Makes one value null.
    public func setNull(column: Int, row: Int) {
        let vector = vector(column)
        duckdb_vector_ensure_validity_writable(vector)
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), idx_t(row))
    }

    func vector(_ column: Int) -> duckdb_vector {
        duckdb_data_chunk_get_vector(chunk, idx_t(column))
    }
}
