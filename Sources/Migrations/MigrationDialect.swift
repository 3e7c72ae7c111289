import DuckDB
import FunctionConfig
import WarehouseAccess

/// How a script's text is run: each kind of warehouse reads its own SQL, with bare names of tables.
struct MigrationDialect {
    private let warehouse: Warehouse

    init(of warehouse: Warehouse) { self.warehouse = warehouse }

    /// Makes the transaction the only one that changes the schema, and the schema if it is not there.
    func begin(on connection: borrowing Connection) throws(DuckDBError) {
        // A DuckDB file is in nobody else's hands here.
        guard case .postgres(let server) = warehouse else { return }
        try connection.onServer("SET LOCAL lock_timeout = '10s'")
        let name = SQL.literal("sluice_changes \(server.schema)")
        _ = try connection.serverRows(
            "SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))::text"
        )
        let found = try connection.serverRows(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = \(SQL.literal(server.schema))"
        )
        guard found.isEmpty else { return }
        try connection.onServer("CREATE SCHEMA \(SQL.identifier(server.schema))")
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
    ///
    /// Source: PostgreSQL, PL/pgSQL, "Executing Dynamic Commands".
    private func runThere(
        _ sql: String,
        schema: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        var number = 0
        while sql.contains("$script\(number)$") || sql.contains("$run\(number)$") { number += 1 }
        let (script, run) = ("$script\(number)$", "$run\(number)$")
        try connection.onServer("SET LOCAL search_path = \(SQL.identifier(schema)), public")
        try connection.onServer(
            "DO \(run)\nBEGIN EXECUTE \(script)\(sql)\n\(script); END\n\(run)"
        )
    }
}
