import CDuckDB

/// The rows of a running query, read chunk by chunk.
public struct QueryResult: ~Copyable {
    /// One column of a result.
    public struct Column: Equatable, Sendable {
        /// The name; names may repeat within a result.
        public let name: String
        /// The type of its values.
        public let type: ColumnLayout
    }

    private let result: duckdb_result
    private let sql: String
    /// The columns in the order of the query.
    public let columns: [Column]
    private let progress = Progress()

    /// How far reading has come.
    private final class Progress {
        var hasRows = false
    }

    /// Whether some rows were read.
    public var hasGivenRows: Bool { progress.hasRows }

    init(result: duckdb_result, sql: String) {
        self.result = result
        self.sql = sql
        var reading = result
        columns = (0..<duckdb_column_count(&reading)).map { index in
            var type = duckdb_column_logical_type(&reading, index)
            defer { duckdb_destroy_logical_type(&type) }
            let name = duckdb_column_name(&reading, index).map { String(cString: $0) }
            return Column(name: name ?? "", type: ColumnLayout(logicalType: type))
        }
    }

    deinit {
        var closing = result
        duckdb_destroy_result(&closing)
    }

    /// The next rows, at most 2,048 of them; `nil` at the end.
    ///
    /// - Throws: `DuckDBError` when computing them failed.
    public func nextChunk() throws(DuckDBError) -> DataChunk? {
        while let handle = duckdb_fetch_chunk(result) {
            let chunk = DataChunk(handle: handle, layouts: columns.map(\.type))
            guard chunk.rowCount > 0 else { continue }
            progress.hasRows = true
            return chunk
        }
        var reading = result
        if let reason = duckdb_result_error(&reading), reason.pointee != 0 {
            throw DuckDBError(step: Connection.step(sql), cMessage: reason)
        }
        return nil
    }

    /// Runs the query to its end, dropping its rows.
    ///
    /// - Returns: The number of rows dropped.
    @discardableResult
    public func drain() throws(DuckDBError) -> Int {
        var count = 0
        while let chunk = try nextChunk() { count += chunk.rowCount }
        return count
    }
}
