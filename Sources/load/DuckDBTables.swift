import DuckDB
import FunctionConfig
import LakeFiles
import TableRows

/// The tables of a warehouse that is a DuckDB file.
struct DuckDBTables: WarehouseTables {
    private let history = LoadHistory(table: "warehouse.\(LoadHistory.name)")

    func state(
        of table: String,
        mode: TableSettings.Mode,
        on connection: borrowing Connection
    ) throws -> WarehouseTable {
        let hasLoads = try !columns(of: LoadHistory.name, on: connection).isEmpty
        return WarehouseTable(
            columns: try columns(of: table, on: connection),
            loads: hasLoads ? try connection.rows(history.loads(of: table)) : [],
            mode: mode
        )
    }

    /// Makes the rows ready in the temporary table `incoming`: the file is locked only to write them.
    func prepare(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS "
                + shaped(
                    change.parts.isEmpty
                        ? "SELECT NULL AS _source WHERE false"
                        : change.parts.joined(separator: " UNION ALL "),
                    change
                )
        )
    }

    func owners(
        of table: String,
        on connection: borrowing Connection
    ) throws -> Set<VersionHistory.Version> {
        WarehouseTable.versions(try connection.rows(WarehouseTable.owners(in: name(table))))
    }

    func makeHistory(on connection: borrowing Connection) throws {}

    func begin(table: String, on connection: borrowing Connection) throws {
        try connection.execute(history.creation)
    }

    var canStream: Bool { false }

    func apply(_ change: WarehouseChange, on connection: borrowing Connection) throws -> [Int] {
        guard !change.removals.isEmpty else {
            try bringIn(change, on: connection)
            return []
        }
        let table = name(change.settings.name)
        let counts = try change.removals.map { removal in
            change.old.columns.isEmpty
                ? 0 : try connection.execute("DELETE FROM \(table) WHERE \(removal.leaves)")
        }
        if !change.parts.isEmpty { try bringIn(change, on: connection) }
        return counts
    }

    private func bringIn(
        _ change: WarehouseChange,
        on connection: borrowing Connection
    ) throws {
        let (table, old) = (name(change.settings.name), change.old)
        let indexes = try TableIndexes(of: change.settings.name, on: connection)
        if old.columns.isEmpty || change.isRetyped {
            let foreign = shaped("SELECT * FROM \(table) WHERE _source IS NULL", change)
            let kept = old.columns.isEmpty ? "" : " UNION ALL BY NAME (\(foreign))"
            try connection.execute(
                "CREATE OR REPLACE TABLE \(table) AS SELECT * FROM incoming\(kept)"
            )
        } else {
            if change.columns != old.columns {
                // New columns stand before `_source`, so the table is laid out anew.
                try connection.execute(
                    "CREATE OR REPLACE TABLE \(table) AS "
                        + shaped("SELECT * FROM \(table)", change)
                )
            }
            try replaceRows(change, of: table, on: connection)
        }
        try indexes.restore(on: connection)
    }

    func record(
        _ change: WarehouseChange,
        rows: [Int],
        on connection: borrowing Connection
    ) throws {
        for statement in history.recording(change, rows: rows) { try connection.execute(statement) }
    }

    func record(
        _ versions: [PreparedVersion],
        replacing replaced: [VersionHistory.Version],
        table: String,
        on connection: borrowing Connection
    ) throws {
        for statement in history.recording(versions, replacing: replaced, table: table) {
            try connection.execute(statement)
        }
    }

    func makeAnew(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        let table = name(change.settings.name)
        let indexes = try TableIndexes(of: change.settings.name, on: connection)
        let foreign = shaped("SELECT * FROM \(table) WHERE _source IS NULL", change)
        try connection.execute(
            "CREATE OR REPLACE TABLE \(table) AS SELECT * FROM incoming UNION ALL BY NAME (\(foreign))"
        )
        try indexes.restore(on: connection)
    }

    func record(
        _ replay: Int64,
        of versions: [PreparedVersion],
        table: String,
        on connection: borrowing Connection
    ) throws {
        for statement in history.recording(replay, of: versions, table: table) {
            try connection.execute(statement)
        }
    }

    func hasForeignRows(_ table: String, on connection: borrowing Connection) throws -> Bool {
        try connection.scalar("SELECT 1 FROM \(name(table)) WHERE _source IS NULL LIMIT 1") != nil
    }

    /// Removes the rows that give way and inserts the new ones.
    private func replaceRows(
        _ change: WarehouseChange,
        of table: String,
        on connection: borrowing Connection
    ) throws {
        var incoming = "SELECT * FROM incoming"
        switch change.settings.mode {
        case .replace:
            // Rows without a source are other programs' and stay.
            try connection.execute("DELETE FROM \(table) WHERE _source IS NOT NULL")
        case .append:
            if !change.replaced.isEmpty {
                let sources = SQL.list(change.replaced.map(\.source))
                try connection.execute(
                    "DELETE FROM \(table) WHERE list_contains(\(sources), _source)"
                )
            }
        case .upsert:
            let match = change.keys.match
            try connection.execute(
                "DELETE FROM \(table) AS old WHERE EXISTS "
                    + "(SELECT 1 FROM incoming new WHERE \(match) AND old._seq <= new._seq)"
            )
            incoming =
                "SELECT * FROM incoming new WHERE NOT EXISTS "
                + "(SELECT 1 FROM \(table) old WHERE \(match) AND old._seq > new._seq)"
        case .replacePartitions:
            let partitions = PartitionRows(change.partitionColumns)
            let newest = partitions.newest(of: incoming)
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE winning AS "
                    + partitions.rows(newest, notOlderThan: table)
            )
            try connection.execute(
                "DELETE FROM \(table) AS old WHERE _source IS NOT NULL "
                    + "AND EXISTS (SELECT 1 FROM winning new WHERE \(partitions.match))"
            )
            incoming = partitions.rows(incoming, newestIn: "winning")
        }
        try connection.execute("INSERT INTO \(table) BY NAME \(incoming)")
    }

    /// SQL of rows in the table's columns, those null that the rows have not.
    private func shaped(_ rows: String, _ change: WarehouseChange) -> String {
        let nulls = change.columns.map {
            "CAST(NULL AS \($0.type)) AS \(SQL.identifier($0.name))"
        }
        let values = change.columns.map {
            "CAST(\(SQL.identifier($0.name)) AS \($0.type)) AS \(SQL.identifier($0.name))"
        }
        return "SELECT \(values.joined(separator: ", ")) FROM ("
            + "SELECT \(nulls.joined(separator: ", ")) WHERE false UNION ALL BY NAME (\(rows)))"
    }

    // MARK: - Lake tables

    func loadedVersion(
        of lake: LakeTable,
        on connection: borrowing Connection
    ) throws -> Int64? {
        guard try !columns(of: LoadHistory.name, on: connection).isEmpty,
            try !columns(of: lake.name, on: connection).isEmpty
        else { return nil }
        return try connection.scalar(history.version(of: lake))?.int.map(Int64.init)
    }

    func apply(_ change: LakeChange, on connection: borrowing Connection) throws {
        let table = name(change.lake.name)
        if let partitions = change.partitions {
            for values in partitions {
                let condition = change.literals(of: values)
                    .map { "\(SQL.identifier($0.column)) IS NOT DISTINCT FROM \($0.literal)" }
                    .joined(separator: " AND ")
                try connection.execute("DELETE FROM \(table) WHERE \(condition)")
            }
            try connection.execute("INSERT INTO \(table) BY NAME \(change.rows)")
        } else {
            let indexes = try TableIndexes(of: change.lake.name, on: connection)
            try connection.execute("CREATE OR REPLACE TABLE \(table) AS \(change.rows)")
            try indexes.restore(on: connection)
        }
        let count = "(SELECT count(*) FROM \(table))"
        for statement in history.recording(change.lake, version: change.version, rows: count) {
            try connection.execute(statement)
        }
    }

    private func name(_ table: String) -> String { "warehouse.\(SQL.identifier(table))" }

    private func columns(
        of table: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [WarehouseTable.Column] {
        let rows = try connection.rows(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'warehouse' "
                + "AND schema_name = 'main' AND table_name = \(SQL.literal(table)) "
                + "ORDER BY column_index"
        )
        return rows.map {
            WarehouseTable.Column(name: $0[0].string ?? "", type: $0[1].string ?? "")
        }
    }
}
