import DuckDB
import FunctionConfig

/// How a script's text is run: each kind of warehouse reads its own SQL, with bare names of tables.
struct MigrationDialect {
    private let warehouse: Warehouse

    init(_ warehouse: Warehouse) { self.warehouse = warehouse }

    /// Makes the transaction the only one that changes the schema.
    func begin(on connection: borrowing Connection) throws(DuckDBError) {
        // A DuckDB file is in nobody else's hands here.
        guard case .postgres(let server) = warehouse else { return }
        try send(
            "SELECT pg_advisory_xact_lock(hashtext('sluice_changes'), hashtext("
                + "\(SQL.literal(server.schema)))); "
                + "CREATE SCHEMA IF NOT EXISTS \(SQL.identifier(server.schema))",
            on: connection
        )
    }

    /// Runs a script's statements within the open transaction.
    func run(_ sql: String, on connection: borrowing Connection) throws(DuckDBError) {
        switch warehouse {
        case .duckDB: try runHere(sql, on: connection)
        case .postgres(let server): try runThere(sql, schema: server.schema, on: connection)
        }
    }

    private func runHere(_ sql: String, on connection: borrowing Connection) throws(DuckDBError) {
        let statements = try connection.statements(in: sql)
        let before = try connection.scalar("SELECT current_database()")?.string ?? "memory"
        try connection.execute("USE warehouse")
        // A database that is in use cannot be detached.
        defer { _ = try? connection.execute("USE \(SQL.identifier(before))") }
        for index in 0..<statements.count {
            let statement = try statements.prepare(index)
            guard statement.kind != .transaction else {
                throw DuckDBError(
                    step: "run a migration",
                    message: "it begins or ends a transaction, and each file is one by itself"
                )
            }
            try statement.run(streams: false).drain()
        }
    }

    /// As one statement of the server's, which thereby refuses to end the transaction within it.
    private func runThere(
        _ sql: String,
        schema: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        var number = 0
        while sql.contains("$script\(number)$") || sql.contains("$run\(number)$") { number += 1 }
        let path = SQL.literal(SQL.identifier(schema) + ", public")
        try send(
            "SELECT set_config('search_path', \(path), true)",
            on: connection
        )
        try send(
            "DO $run\(number)$\nBEGIN EXECUTE $script\(number)$\(sql)\n$script\(number)$; END\n"
                + "$run\(number)$",
            on: connection
        )
    }

    private func send(_ sql: String, on connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("CALL postgres_execute('warehouse', \(SQL.literal(sql)))")
    }
}
