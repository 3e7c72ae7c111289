import DuckDB
import Events
import FunctionConfig
import TableRows

/// What the warehouse holds of one table, as it was when it was looked at.
struct WarehouseTable: Equatable {
    /// The table's columns with DuckDB's type names; empty when there is no table.
    ///
    /// A type that a server alone knows stands there under its own name, in lower case.
    var columns: [Column] = []
    /// Which versions are in it.
    var history: VersionHistory
    /// Rows and rejects of each version, as the history has them.
    var figures: [VersionHistory.Version: [Int]] = [:]
    /// The newest replay for which it was made anew.
    var replay: Int64?
    /// How many rows left with each removal.
    var removedRows: [VersionHistory.Version: Int] = [:]

    /// A column as DuckDB describes it.
    struct Column: Equatable {
        var name: String
        var type: String
    }

    /// What is there of a table.
    ///
    /// `loads` are rows of the load history: source, sequencer, rows, rejects and status.
    init(columns: [Column], loads: [[SQLValue]], mode: TableSettings.Mode) {
        var versions: Set<VersionHistory.Version> = []
        var removals: [String: Int64] = [:]
        for row in loads {
            let version = VersionHistory.Version(
                source: row[0].string ?? "",
                sequencer: Int64(row[1].int ?? 0)
            )
            let status = row[4].string.flatMap { LoadHistory.Status(rawValue: $0) }
            if status == .replayed {
                replay = version.sequencer
                continue
            }
            if status == .removed {
                removedRows[version] = row[2].int ?? 0
                removals[version.source] = max(removals[version.source] ?? -1, version.sequencer)
                continue
            }
            figures[version] = [row[2].int ?? 0, row[3].int ?? 0]
            if status == .loaded { versions.insert(version) }
        }
        history = VersionHistory(mode: mode, versions: versions, removals: removals)
        self.columns = columns
    }

    /// The versions that were in the table until this one took their place, or an older one did.
    func replaced(by version: VersionHistory.Version) -> [VersionHistory.Version] {
        guard !history.mode.countsAllVersions else { return [] }
        return figures.keys.filter { old in
            old.sequencer < version.sequencer && !history.versions.contains(old)
                && (history.mode == .replace || old.source == version.source)
        }
    }

    /// What an empty warehouse holds.
    init(mode: TableSettings.Mode) {
        self.init(columns: [], loads: [], mode: mode)
    }
}

extension WarehouseTable {
    /// The query for the versions that have rows in a table.
    static func owners(in table: String) -> String {
        "SELECT DISTINCT _source, _seq FROM \(table) WHERE _source IS NOT NULL"
    }

    /// What that query's rows name.
    static func versions(_ rows: [[SQLValue]]) -> Set<VersionHistory.Version> {
        Set(
            rows.map {
                VersionHistory.Version(
                    source: $0[0].string ?? "",
                    sequencer: Int64($0[1].int ?? 0)
                )
            }
        )
    }

    /// Whether the table has a column of this type, or none of this name.
    func has(_ field: ColumnType.Field, on connection: borrowing Connection) throws -> Bool {
        guard let column = columns.first(where: { $0.name == field.name }) else { return true }
        return try Column.all([field], on: connection) == [column]
    }
}

extension WarehouseTable.Column {
    /// Columns with the names that DuckDB gives their types.
    static func all(
        _ fields: [ColumnType.Field],
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [WarehouseTable.Column] {
        guard !fields.isEmpty else { return [] }
        let nulls = fields.map { "CAST(NULL AS \($0.type.sqlName)) AS \(SQL.identifier($0.name))" }
        return try connection.rows("DESCRIBE SELECT \(nulls.joined(separator: ", "))").map {
            WarehouseTable.Column(name: $0[0].string ?? "", type: $0[1].string ?? "")
        }
    }
}
