import DuckDB
import TableRows
import WarehouseAccess

/// Rows on their way into a table of PostgreSQL.
struct PostgresRows {
    let table: PostgresTable
    /// The columns of the rows.
    let columns: [PostgresColumn]
    /// SQL of the rows for DuckDB, in parts that are sent one after the other.
    let parts: [String]

    /// Inserts the rows.
    ///
    /// - Returns: How many there were of each part.
    func insert(on connection: borrowing Connection) throws(DuckDBError) -> [Int] {
        guard columns.allSatisfy(\.isWrittenDirectly) else {
            let staging = try stage(on: connection)
            try connection.onServer(insertion(from: staging.table))
            try connection.onServer("DROP TABLE \(staging.table)")
            return staging.counts
        }
        return try send(to: table.attached, on: connection)
    }

    /// Puts the rows into a new table on the server, where nobody else sees them.
    ///
    /// - Returns: The table, in the server's SQL, and how many rows there were of each part.
    func stage(
        on connection: borrowing Connection
    ) throws(DuckDBError) -> (table: String, counts: [Int]) {
        let name = SQL.identifier(PostgresName.table("sluice_incoming_\(table.physicalName)"))
        let staging = "\(SQL.identifier(table.schema)).\(name)"
        let list = columns.map { "\(SQL.identifier($0.physicalName)) \($0.stagingType)" }
        try connection.onServer(
            "CREATE UNLOGGED TABLE \(staging) (\(list.joined(separator: ", ")))"
        )
        try connection.forgetServerTables()
        return (staging, try send(to: "warehouse.\(staging)", on: connection))
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
    ) throws(DuckDBError) -> [Int] {
        let values = columns.map { column in
            let name = SQL.identifier(column.name)
            return column.sent("CAST(\(name) AS \(column.type.sqlName))")
        }
        var counts: [Int] = []
        for part in parts {
            let rows = "SELECT \(values.joined(separator: ", ")) FROM (\(part))"
            counts.append(try connection.execute("INSERT INTO \(target) (\(names)) \(rows)"))
        }
        return counts
    }
}
