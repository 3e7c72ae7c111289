import CDuckDB

/// The statements of one SQL text.
public struct Statements: ~Copyable {
    private let connection: duckdb_connection
    private let sql: String
    private let handle: duckdb_extracted_statements
    /// How many statements the text holds; 0 for blanks and comments.
    public let count: Int

    init(connection: duckdb_connection, sql: String) throws(DuckDBError) {
        var extracted: duckdb_extracted_statements?
        let found = Int(duckdb_extract_statements(connection, sql, &extracted))
        guard let held = extracted else {
            throw DuckDBError(step: Connection.step(sql), message: "it cannot be parsed")
        }
        if found == 0, let reason = duckdb_extract_statements_error(held) {
            let error = DuckDBError(step: Connection.step(sql), cMessage: reason)
            duckdb_destroy_extracted(&extracted)
            throw error
        }
        self.connection = connection
        self.sql = sql
        handle = held
        count = found
    }

    deinit {
        var closing: duckdb_extracted_statements? = handle
        duckdb_destroy_extracted(&closing)
    }

    /// Checks the statement at `index` against the catalog.
    public func prepare(_ index: Int) throws(DuckDBError) -> PreparedStatement {
        var made: duckdb_prepared_statement?
        let state = duckdb_prepare_extracted_statement(connection, handle, idx_t(index), &made)
        guard state == DuckDBSuccess, let statement = made else {
            defer { duckdb_destroy_prepare(&made) }
            throw DuckDBError(step: Connection.step(sql), cMessage: duckdb_prepare_error(made))
        }
        return PreparedStatement(handle: statement, sql: sql)
    }
}

/// A checked statement, ready to run.
public struct PreparedStatement: ~Copyable {
    /// What a statement does, as far as callers tell statements apart.
    public enum Kind: Sendable {
        /// A query: `SELECT`, `FROM`, `VALUES`, `WITH`, `DESCRIBE`, `SUMMARIZE`, `SHOW`.
        case select
        /// `EXPLAIN`, also with `ANALYZE`, which runs what it explains.
        case explain
        /// `BEGIN`, `COMMIT`, `ROLLBACK` and their like.
        case transaction
        /// Everything that may change a database, a file or a setting.
        case other
    }

    private let handle: duckdb_prepared_statement
    private let sql: String

    init(handle: duckdb_prepared_statement, sql: String) {
        self.handle = handle
        self.sql = sql
    }

    deinit {
        var closing: duckdb_prepared_statement? = handle
        duckdb_destroy_prepare(&closing)
    }

    /// What the statement does.
    public var kind: Kind {
        switch duckdb_prepared_statement_type(handle) {
        case DUCKDB_STATEMENT_TYPE_SELECT: .select
        case DUCKDB_STATEMENT_TYPE_EXPLAIN: .explain
        case DUCKDB_STATEMENT_TYPE_TRANSACTION: .transaction
        default: .other
        }
    }

    /// The names of the parameters (`$name`) that the statement asks for, in lower case and in no
    /// particular order; one without a name (`?`) is called by its number.
    public var parameterNames: [String] {
        (0..<duckdb_nparams(handle)).map { index in
            guard let name = duckdb_parameter_name(handle, index + 1) else { return "\(index + 1)" }
            defer { duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
            return String(cString: name).lowercased()
        }
    }

    /// Starts the statement.
    ///
    /// Its rows are computed while they are read if it `streams`; an error then may be told as an
    /// interruption by the thread that meets it second. Otherwise they are all there at return.
    public func run(streams: Bool = true) throws(DuckDBError) -> QueryResult {
        var pending: duckdb_pending_result?
        let state =
            streams
            ? duckdb_pending_prepared_streaming(handle, &pending)
            : duckdb_pending_prepared(handle, &pending)
        defer { duckdb_destroy_pending(&pending) }
        guard state == DuckDBSuccess, let started = pending else {
            throw DuckDBError(step: Connection.step(sql), cMessage: duckdb_pending_error(pending))
        }
        var result = duckdb_result()
        guard duckdb_execute_pending(started, &result) == DuckDBSuccess else {
            let error = DuckDBError(
                step: Connection.step(sql),
                cMessage: duckdb_result_error(&result)
            )
            duckdb_destroy_result(&result)
            throw error
        }
        return QueryResult(result: result, sql: sql)
    }
}
