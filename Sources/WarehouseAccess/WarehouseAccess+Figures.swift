public import DuckDB
import FunctionConfig

extension WarehouseAccess {
    /// Reads tables as ``attachForReading(to:tables:)`` shows them, all of one moment, and lets the
    /// warehouse go; nil when there is none yet.
    ///
    /// `body` must not end the transaction that is open on the connection.
    ///
    /// - Throws: What `body` throws, and what `attachForReading` does.
    public func readingTables<Answer>(
        on connection: borrowing Connection,
        _ body: (borrowing Connection) throws -> Answer
    ) throws -> Answer? {
        guard let hold = try attachForReading(to: connection) else { return nil }
        defer {
            _ = try? connection.execute("ROLLBACK")
            if case .postgres = warehouse {
                _ = try? connection.execute("DETACH \(PostgresViews.source)")
            }
            hold.release(connection)
        }
        return try explained {
            // With a server a transaction is open already.
            if case .duckDB = warehouse { try connection.execute("BEGIN TRANSACTION") }
            return try body(connection)
        }
    }

    /// A query for the names of the tables that are attached for reading, in order.
    ///
    /// Views are none, and what migrations note of themselves is nobody's.
    public var tableNames: String {
        let names =
            switch warehouse {
            case .duckDB:
                "SELECT table_name AS name FROM duckdb_tables() "
                    + "WHERE database_name = '\(Self.database)' AND schema_name = 'main'"
            case .postgres(let server):
                "FROM postgres_query('\(PostgresViews.source)', "
                    + SQL.literal(
                        "SELECT tablename::text AS name FROM pg_catalog.pg_tables "
                            + "WHERE schemaname = \(SQL.literal(server.schema))"
                    ) + ")"
            }
        return "SELECT name FROM (\(names)) WHERE name <> 'sluice_changes' ORDER BY name"
    }

    /// A query for the number of a table's rows, which are counted where they are.
    public func rowCount(of table: String) -> String { query("SELECT count(*) FROM", table, "") }

    /// A query for `_source`, `_seq` and the number of rows that have them, which are counted where
    /// they are.
    public func versionCounts(of table: String) -> String {
        query(
            "SELECT \"_source\", \"_seq\", count(*) FROM",
            table,
            " GROUP BY \"_source\", \"_seq\""
        )
    }

    private func query(_ start: String, _ table: String, _ end: String) -> String {
        switch warehouse {
        case .duckDB: return "\(start) \(Self.database).\(SQL.identifier(table))\(end)"
        case .postgres(let server):
            let place = PostgresTable(table, on: server).onServer
            return "FROM postgres_query('\(PostgresViews.source)', "
                + "\(SQL.literal("\(start) \(place)\(end)")))"
        }
    }
}
