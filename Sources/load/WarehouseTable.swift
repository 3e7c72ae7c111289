import Buckets
import DuckDB
import Events
import FunctionConfig
import TableRows

/// What the warehouse holds of one table, as it was when it was looked at.
struct WarehouseTable: Equatable {
    /// The table's columns with DuckDB's type names; empty when there is no table.
    var columns: [Column] = []
    /// Which versions are in it.
    var history: VersionHistory
    /// Rows and rejects of each version, as the history has them.
    var figures: [VersionHistory.Version: [Int]] = [:]

    /// A column as DuckDB describes it.
    struct Column: Equatable {
        var name: String
        var type: String
    }

    /// Looks at a table of the attached warehouse.
    init(
        _ table: String,
        mode: TableSettings.Mode,
        on connection: borrowing Connection
    ) throws {
        var versions: Set<VersionHistory.Version> = []
        var figures: [VersionHistory.Version: [Int]] = [:]
        if try !Self.columns(of: LoadHistory.table, on: connection).isEmpty {
            let rows = try connection.rows(
                "SELECT source, sequencer, rows, rejects, status "
                    + "FROM warehouse.\(LoadHistory.table) WHERE table_name = \(SQL.literal(table))"
            )
            for row in rows {
                let version = VersionHistory.Version(
                    source: row[0].string ?? "",
                    sequencer: Int64(row[1].int ?? 0)
                )
                figures[version] = [row[2].int ?? 0, row[3].int ?? 0]
                if row[4].string == LoadHistory.Status.loaded.rawValue { versions.insert(version) }
            }
        }
        history = VersionHistory(mode: mode, versions: versions)
        self.figures = figures
        columns = try Self.columns(of: table, on: connection)
    }

    /// What an empty warehouse holds.
    init(mode: TableSettings.Mode) {
        history = VersionHistory(mode: mode, versions: [])
    }

    static func columns(
        of table: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [Column] {
        let rows = try connection.rows(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'warehouse' "
                + "AND schema_name = 'main' AND table_name = \(SQL.literal(table)) "
                + "ORDER BY column_index"
        )
        return rows.map { Column(name: $0[0].string ?? "", type: $0[1].string ?? "") }
    }
}

/// The table `sluice_loads`: which versions are in which table of the warehouse, and since when.
enum LoadHistory {
    static let table = "sluice_loads"

    /// What became of a version.
    enum Status: String {
        /// Its rows are in the table.
        case loaded
        /// A newer version has taken their place.
        case replaced
    }

    static func prepare(on connection: borrowing Connection) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS warehouse.\(table) (
                table_name VARCHAR, source VARCHAR, sequencer BIGINT, etag VARCHAR, rows BIGINT,
                rejects BIGINT, status VARCHAR, loaded_at TIMESTAMPTZ,
                UNIQUE (table_name, source, sequencer))
            """
        )
    }

    static func record(
        _ version: PreparedVersion,
        table name: String,
        on connection: borrowing Connection
    ) throws {
        let source = version.manifest.source
        try connection.execute(
            "INSERT INTO warehouse.\(table) VALUES (\(SQL.literal(name)), "
                + "\(SQL.literal(source.source)), \(source.sequencer.column), "
                + "\(SQL.literal(source.eTag)), \(version.rows), \(version.rejected), "
                + "'\(Status.loaded.rawValue)', now())"
        )
    }

    static func markReplaced(
        _ versions: [VersionHistory.Version],
        table name: String,
        on connection: borrowing Connection
    ) throws {
        for version in versions {
            try connection.execute(
                "UPDATE warehouse.\(table) SET status = '\(Status.replaced.rawValue)' "
                    + "WHERE table_name = \(SQL.literal(name)) "
                    + "AND source = \(SQL.literal(version.source)) "
                    + "AND sequencer = \(version.sequencer)"
            )
        }
    }
}
