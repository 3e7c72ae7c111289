import CDuckDB

/// One connection to a `Database`; its transactions are its own.
///
/// Not safe to use from two threads at once.
public struct Connection: ~Copyable {
    let handle: duckdb_connection
    private let servers = Servers()

    /// Whether databases of a server were attached by this connection.
    private final class Servers {
        var areAttached = false
    }

    init(database: duckdb_database) throws(DuckDBError) {
        var made: duckdb_connection?
        guard duckdb_connect(database, &made) == DuckDBSuccess, let made else {
            throw DuckDBError(step: "connect", message: "no connection was given")
        }
        handle = made
    }

    deinit {
        // Left to the end of the process, together with its database: to close it would end that.
        if servers.areAttached, !canClose { return }
        var closing: duckdb_connection? = handle
        duckdb_disconnect(&closing)
    }

    /// Tells that a server's database is being attached, which may be lost in mid-transaction.
    ///
    /// DuckDB rolls back what is open when a connection is closed, and where a server does not
    /// answer any more it throws there, which ends the process. A connection that has told this is
    /// only closed when nothing is open.
    public func expectServer() { servers.areAttached = true }

    /// Whether nothing is open on the connection, or could be rolled back.
    private var canClose: Bool {
        var result = duckdb_result()
        defer { duckdb_destroy_result(&result) }
        if duckdb_query(handle, "ROLLBACK", &result) == DuckDBSuccess { return true }
        let reason = duckdb_result_error(&result).map { String(cString: $0) } ?? ""
        return reason.contains("no transaction is active")
    }

    /// Runs every statement of `sql` and drops their rows.
    ///
    /// - Returns: The number of rows that the last statement inserted, updated or deleted.
    @discardableResult
    public func execute(_ sql: String) throws(DuckDBError) -> Int {
        var result = duckdb_result()
        defer { duckdb_destroy_result(&result) }
        guard duckdb_query(handle, sql, &result) == DuckDBSuccess else {
            throw DuckDBError(step: Self.step(sql), cMessage: duckdb_result_error(&result))
        }
        return Int(duckdb_rows_changed(&result))
    }

    /// Runs the statements of `sql` and streams the rows of the last one.
    ///
    /// Rows are computed while they are read; an error in a later row is thrown by
    /// `QueryResult.nextChunk()`. The connection runs nothing else until the result is gone.
    public func query(_ sql: String) throws(DuckDBError) -> QueryResult {
        try query(sql, streams: true)
    }

    private func query(_ sql: String, streams: Bool) throws(DuckDBError) -> QueryResult {
        let statements = try statements(in: sql)
        guard statements.count > 0 else {
            throw DuckDBError(step: Self.step(sql), message: "there is no statement")
        }
        for index in 0..<(statements.count - 1) {
            let earlier = try statements.prepare(index).run(streams: false)
            try earlier.drain()
        }
        return try statements.prepare(statements.count - 1).run(streams: streams)
    }

    /// The statements of `sql`, parsed but not yet checked against the catalog.
    public func statements(in sql: String) throws(DuckDBError) -> Statements {
        try Statements(connection: handle, sql: sql)
    }

    /// All rows of a query, for small results.
    public func rows(_ sql: String) throws(DuckDBError) -> [[SQLValue]] {
        let result = try query(sql, streams: false)
        var rows: [[SQLValue]] = []
        while let chunk = try result.nextChunk() {
            let columns = chunk.columnCount
            for row in 0..<chunk.rowCount {
                rows.append((0..<columns).map { chunk.value(column: $0, row: row) })
            }
        }
        return rows
    }

    /// The first column of a query's first row; `nil` if there is no row.
    public func scalar(_ sql: String) throws(DuckDBError) -> SQLValue? {
        try rows(sql).first?.first
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    public func transaction<Failure: Error>(
        _ body: () throws(Failure) -> Void
    ) throws {
        try execute("BEGIN TRANSACTION")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // The first error is the one to report; a rollback fails only if none is open.
            _ = try? execute("ROLLBACK")
            throw error
        }
    }

    /// The start of a statement, which tells what was tried without repeating all of it.
    static func step(_ sql: String) -> String {
        let words = sql.split(whereSeparator: \.isWhitespace).prefix(8).joined(separator: " ")
        return words.count <= 80 ? "run `\(words)`" : "run `\(words.prefix(80))`"
    }
}
