import DuckDB
import FunctionConfig

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
enum ChangeHistory {
    static let table = "sluice_changes"

    /// All rows, oldest first; none where there is no table.
    static func read(on connection: borrowing Connection) throws(DuckDBError) -> [AppliedChange] {
        let found = try connection.rows(
            "SELECT schema_name FROM duckdb_tables() WHERE database_name = 'warehouse' "
                + "AND table_name = '\(table)'"
        )
        guard !found.isEmpty else { return [] }
        let rows = try connection.rows(
            "SELECT version, script, checksum FROM warehouse.\(table) ORDER BY installed_on, script"
        )
        return rows.map { row in
            AppliedChange(
                version: row[0].string.flatMap { SchemaVersion($0) },
                script: row[1].string ?? "",
                checksum: row[2].string ?? ""
            )
        }
    }

    static func prepare(on connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS warehouse.\(table) (
                version VARCHAR, description VARCHAR, script VARCHAR, script_type VARCHAR,
                checksum VARCHAR, execution_time DOUBLE, status VARCHAR, installed_on TIMESTAMPTZ)
            """
        )
    }

    static func record(
        _ migration: ReadMigration,
        seconds: Double,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let script = migration.script
        let version = script.version.map { SQL.literal($0.description) } ?? "NULL"
        try connection.execute(
            "INSERT INTO warehouse.\(table) VALUES (\(version), "
                + "\(SQL.literal(script.description)), \(SQL.literal(script.name)), "
                + "'\(script.kind.rawValue)', '\(migration.checksum)', \(seconds), 'success', "
                + "now())"
        )
    }
}
