import DuckDB
import TableRows
import WarehouseAccess

/// Rows on their way into a table of PostgreSQL.
struct PostgresRows {
    let table: PostgresTable
    /// The columns of the rows.
    let columns: [PostgresColumn]
    /// SQL of the rows for DuckDB.
    let rows: String

    /// Inserts the rows.
    func insert(on connection: borrowing Connection) throws(DuckDBError) {
        guard columns.allSatisfy(\.isWrittenDirectly) else {
            let staging = try stage(on: connection)
            try connection.onServer(insertion(from: staging))
            try connection.onServer("DROP TABLE \(staging)")
            return
        }
        try send(to: table.attached, on: connection)
    }

    /// Puts the rows into a new table on the server, where nobody else sees them.
    ///
    /// - Returns: The table, in the server's SQL.
    func stage(on connection: borrowing Connection) throws(DuckDBError) -> String {
        let name = SQL.identifier(PostgresName.table("sluice_incoming_\(table.physicalName)"))
        let staging = "\(SQL.identifier(table.schema)).\(name)"
        let list = columns.map { "\(SQL.identifier($0.physicalName)) \($0.stagingType)" }
        try connection.onServer(
            "CREATE UNLOGGED TABLE \(staging) (\(list.joined(separator: ", ")))"
        )
        try connection.forgetServerTables()
        try send(to: "warehouse.\(staging)", on: connection)
        return staging
    }

    /// The statement that takes the rows from a staging table.
    func insertion(from staging: String) -> String {
        let values = columns.map { $0.arrived(SQL.identifier($0.physicalName)) }
        return "INSERT INTO \(table.onServer) (\(names)) "
            + "SELECT \(values.joined(separator: ", ")) FROM \(staging)"
    }

    private var names: String {
        columns.map { SQL.identifier($0.physicalName) }.joined(separator: ", ")
    }

    private func send(
        to target: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let values = columns.map { column in
            let name = SQL.identifier(column.name)
            return column.sent("CAST(\(name) AS \(column.type.sqlName))")
        }
        try connection.execute(
            "INSERT INTO \(target) (\(names)) SELECT \(values.joined(separator: ", ")) FROM (\(rows))"
        )
    }
}
