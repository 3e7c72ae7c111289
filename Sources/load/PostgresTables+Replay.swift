import DuckDB
import Events
import FunctionConfig
import TableRows
import WarehouseAccess

extension PostgresTables {
    func makeAnew(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        let columns = change.fields.map { PostgresColumn(name: $0.name, type: $0.type) }
        let rows = PostgresRows(
            table: PostgresTable(change.settings.name, on: server),
            columns: columns,
            parts: change.parts
        )
        let present = try rows.table.columns(on: connection)
        let shape = PostgresShape(table: rows.table, present: present, wanted: columns)
        // Readers wait for what changes a table's columns: rows are on the server before.
        let staging = try rows.stage(on: connection)
        try connection.onServer("DELETE FROM \(rows.table.onServer) WHERE _source IS NOT NULL")
        let keepsOthers = change.columns.count > columns.count
        for statement in [
            keepsOthers ? "SELECT 1" : shape.removals, shape.additions, shape.retyping,
        ] {
            try connection.onServer(statement)
        }
        try connection.onServer(rows.insertion(from: staging.table))
        try connection.onServer("DROP TABLE \(staging.table)")
    }

    func record(
        _ replay: Int64,
        of versions: [PreparedVersion],
        table: String,
        on connection: borrowing Connection
    ) throws {
        let statements = history.recording(replay, of: versions, table: table)
        try connection.onServer(statements.joined(separator: ";\n"))
    }

    func hasForeignRows(_ table: String, on connection: borrowing Connection) throws -> Bool {
        let name = PostgresTable(table, on: server).onServer
        let found = try connection.serverRows(
            "SELECT 1 AS one FROM \(name) WHERE _source IS NULL LIMIT 1"
        )
        return !found.isEmpty
    }
}
