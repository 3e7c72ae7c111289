import DuckDB
import Events
import FunctionConfig
import HandlerRuntime

/// The tables of a PostgreSQL warehouse as a DuckDB file would show them.
///
/// They are views in a database in memory that is called `warehouse`: columns have the names and
/// the types that they have in the lake, and `_source` and `_seq` stand last. All that is read through them is of
/// one moment: they are made, and must be read, in one transaction, in which no table changes its
/// columns.
struct PostgresViews {
    let server: PostgresServer
    /// The name under which the server is attached.
    static let source = "sluice_postgres"

    /// Attaches the server and makes the views; nil when there is no schema.
    ///
    /// Leaves a transaction open. `wanted` chooses tables by name.
    func attach(
        to connection: borrowing Connection,
        purpose: String,
        wanted: (String) -> Bool
    ) throws(HandlerError) -> Bool {
        let place = PostgresWarehouse(server: server, purpose: purpose)
        guard try place.attachForReading(to: connection, as: Self.source) else { return false }
        do {
            let tables = try tables(on: connection).filter { wanted($0.name) }
            try connection.execute("ATTACH ':memory:' AS \(WarehouseAccess.database)")
            var shown: [String] = []
            // What was made of the tables must still hold in the transaction that reads them, and
            // that one writes nothing: DuckDB lets a transaction write to one database only.
            for _ in 0..<10 {
                try connection.execute("BEGIN TRANSACTION")
                try lock(tables, on: connection)
                let views = try columns(of: tables, on: connection).map { view(of: $0, $1) }
                if views == shown { return true }
                if !shown.isEmpty { try connection.forgetServerTables() }
                for view in views { try connection.execute(view) }
                try connection.execute("COMMIT")
                shown = views
            }
            throw HandlerError.notNow(
                "WarehouseChanging",
                "the tables of the PostgreSQL warehouse \(server) changed 10 times in between; "
                    + "try again"
            )
        } catch let error as HandlerError {
            throw error
        } catch let error as DuckDBError {
            throw PostgresFailure(error, of: server).error
        } catch {
            throw HandlerError(error)
        }
    }

    /// Keeps tables from changing their columns until the transaction ends.
    ///
    /// The locks come before the first look at any row: what one saw before a lock was had could be
    /// a table whose rows another program has put elsewhere meanwhile.
    private func lock(_ tables: [Table], on connection: borrowing Connection) throws(DuckDBError) {
        let lockable = tables.filter(\.isLockable).map { onServer($0.physicalName) }
        guard !lockable.isEmpty else { return }
        try connection.execute(
            "CALL postgres_execute('\(Self.source)', "
                + SQL.literal(
                    "SET LOCAL lock_timeout = '10s'; "
                        + "LOCK TABLE \(lockable.joined(separator: ", ")) IN ACCESS SHARE MODE"
                ) + ")"
        )
    }

    private struct Table {
        var physicalName: String
        var name: String
        var isLockable: Bool
    }

    private func onServer(_ table: String) -> String {
        "\(SQL.identifier(server.schema)).\(SQL.identifier(table))"
    }

    private func tables(on connection: borrowing Connection) throws(DuckDBError) -> [Table] {
        let rows = try query(
            """
            SELECT c.relname::text, obj_description(c.oid, 'pg_class'),
                c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'SELECT')
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = \(SQL.literal(server.schema)) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            ORDER BY 1
            """,
            on: connection
        )
        return rows.map { row in
            let physicalName = row[0].string ?? ""
            let note = row[1].string.flatMap { try? JSONValue(parsing: $0) }
            let name = note?["name"]?.string ?? physicalName
            return Table(
                physicalName: physicalName,
                name: PostgresName.table(name) == physicalName ? name : physicalName,
                isLockable: row[2] == .boolean(true)
            )
        }
    }

    private func columns(
        of tables: [Table],
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [(Table, [PostgresTable.Column])] {
        guard !tables.isEmpty else { return [] }
        let rows = try query(
            """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
                col_description(c.oid, a.attnum)
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = \(SQL.literal(server.schema)) AND a.attnum > 0 AND NOT a.attisdropped
                AND c.relname IN (\(tables.map { SQL.literal($0.physicalName) }.joined(separator: ", ")))
            ORDER BY c.relname, a.attnum
            """,
            on: connection
        )
        let byTable = Dictionary(grouping: rows) { $0[0].string ?? "" }
        return tables.map { table in
            let columns = (byTable[table.physicalName] ?? []).map { row in
                PostgresTable.Column(
                    physicalName: row[1].string ?? "",
                    serverType: row[2].string ?? "",
                    comment: row[3].string
                )
            }
            return (table, columns)
        }
    }

    private func view(of table: Table, _ columns: [PostgresTable.Column]) -> String {
        let own = ["_source", "_seq"]
        let ordered =
            columns.filter { !own.contains($0.name) }
            + own.flatMap { name in columns.filter { $0.name == name } }
        let values = ordered.map { column in
            let value = SQL.identifier(column.physicalName)
            return "\(column.known?.read(value) ?? value) AS \(SQL.identifier(column.name))"
        }
        let list = values.isEmpty ? "NULL AS nothing" : values.joined(separator: ", ")
        return
            "CREATE OR REPLACE VIEW \(WarehouseAccess.database).\(SQL.identifier(table.name)) AS "
            + "SELECT \(list) FROM \(Self.source).\(onServer(table.physicalName))"
    }

    private func query(
        _ sql: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [[SQLValue]] {
        try connection.rows("FROM postgres_query('\(Self.source)', \(SQL.literal(sql)))")
    }
}
