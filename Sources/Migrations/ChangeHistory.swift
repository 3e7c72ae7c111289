import DuckDB
import FunctionConfig
import WarehouseAccess

/// A row of the table `sluice_changes`, as far as it decides what is to be done.
struct AppliedChange: Sendable, Equatable {
    /// The script's version; nil unless it was versioned.
    let version: SchemaVersion?
    /// The script's file.
    let script: String
    /// What the content was.
    let checksum: String

    /// Whether this is about a script: the same version, or the same file.
    func isOf(_ other: MigrationScript) -> Bool {
        if let version = other.version { return self.version == version }
        return version == nil && script == other.name
    }
}

/// The table `sluice_changes` of an attached warehouse: which scripts were applied, and when.
struct ChangeHistory {
    private let warehouse: Warehouse
    private static let name = "sluice_changes"

    init(of warehouse: Warehouse) { self.warehouse = warehouse }

    private var table: String {
        switch warehouse {
        case .duckDB: "warehouse.\(Self.name)"
        case .postgres(let server): PostgresTable(Self.name, on: server).onServer
        }
    }

    /// All rows, oldest first; none where there is no table.
    func read(on connection: borrowing Connection) throws(DuckDBError) -> [AppliedChange] {
        guard try exists(on: connection) else { return [] }
        let query = "SELECT version, script, checksum FROM \(table) ORDER BY installed_on, script"
        let rows =
            switch warehouse {
            case .duckDB: try connection.rows(query)
            case .postgres: try connection.serverRows(query)
            }
        return rows.map { row in
            AppliedChange(
                version: row[0].string.flatMap { SchemaVersion($0) },
                script: row[1].string ?? "",
                checksum: row[2].string ?? ""
            )
        }
    }

    /// Makes the table if it is not there, within a transaction.
    func prepare(on connection: borrowing Connection) throws(DuckDBError) {
        guard try !exists(on: connection) else { return }
        try send(
            """
            CREATE TABLE \(table) (
                version text, description text, script text, script_type text, checksum text,
                execution_time double precision, status text, installed_on timestamp with time zone)
            """,
            on: connection
        )
    }

    /// Notes that a script was applied, within its transaction.
    func record(
        _ migration: ReadMigration,
        seconds: Double,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let script = migration.script
        let version = script.version.map { SQL.literal($0.description) } ?? "NULL"
        try send(
            "INSERT INTO \(table) VALUES (\(version), \(SQL.literal(script.description)), "
                + "\(SQL.literal(script.name)), '\(script.kind.rawValue)', '\(migration.checksum)', "
                + "\(seconds), 'success', now())",
            on: connection
        )
    }

    private func exists(on connection: borrowing Connection) throws(DuckDBError) -> Bool {
        switch warehouse {
        case .duckDB:
            let found = try connection.rows(
                "SELECT 1 FROM duckdb_tables() WHERE database_name = 'warehouse' "
                    + "AND schema_name = 'main' AND table_name = '\(Self.name)'"
            )
            return !found.isEmpty
        case .postgres(let server):
            return try !PostgresTable(Self.name, on: server).columns(on: connection).isEmpty
        }
    }

    private func send(_ sql: String, on connection: borrowing Connection) throws(DuckDBError) {
        switch warehouse {
        case .duckDB: try connection.execute(sql)
        case .postgres: try connection.onServer(sql)
        }
    }
}
