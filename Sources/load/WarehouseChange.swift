import Buckets
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// What a load does to a table of the warehouse: rows made ready, and the statements.
struct WarehouseChange {
    /// The versions whose rows give way.
    let replaced: [VersionHistory.Version]
    private let table: String
    private let settings: TableSettings
    private let keys: UpsertKeys
    private let chosen: [PreparedVersion]
    private let columns: [WarehouseTable.Column]
    private let old: WarehouseTable
    /// Whether a column has another type now, so that every row is written anew.
    private let isRetyped: Bool

    /// Puts the rows into the temporary table `incoming`.
    ///
    /// - Throws: `VersionRefusal` when rows of earlier versions must be converted again from their
    ///   text and that cannot be.
    init(
        _ chosen: [PreparedVersion],
        columns fields: [ColumnType.Field],
        over old: WarehouseTable,
        reader: TableReader,
        context: HandlerContext,
        on connection: borrowing Connection
    ) throws {
        settings = reader.settings
        table = "warehouse.\(SQL.identifier(settings.name))"
        self.chosen = chosen
        self.old = old
        keys = UpsertKeys(settings.keys, columns: fields)
        replaced = old.history.replaced(by: chosen.map(\.name))
        columns = try Self.columns(fields, beside: old.columns, on: connection)
        let retyped = old.columns.filter { [columns] column in
            !columns.contains { $0.name == column.name && $0.type == column.type }
        }
        isRetyped = !retyped.isEmpty
        var versions = chosen
        if isRetyped, settings.mode != .replace {
            let text = EarlierText(
                settings: settings,
                context: context,
                changed: retyped.map(\.name)
            )
            let kept = old.history.contributing.filter { [replaced] in !replaced.contains($0) }
            let earlier = try reader.prepare(try text.manifests(of: kept), on: connection)
            if let lost = earlier.refusals.first { throw lost }
            versions = earlier.versions + chosen
        }
        try connection.execute("CREATE OR REPLACE TEMP TABLE incoming AS \(rows(of: versions))")
    }

    /// Does it, within a transaction of the attached warehouse.
    func apply(on connection: borrowing Connection) throws {
        try LoadHistory.prepare(on: connection)
        let indexes = try TableIndexes(of: settings.name, on: connection)
        if old.columns.isEmpty || isRetyped {
            let foreign = old.columns.isEmpty ? "" : " UNION ALL BY NAME (\(foreignRows))"
            try connection.execute(
                "CREATE OR REPLACE TABLE \(table) AS SELECT * FROM incoming\(foreign)"
            )
        } else {
            if columns != old.columns {
                // New columns stand before `_source`, so the table is laid out anew.
                try connection.execute(
                    "CREATE OR REPLACE TABLE \(table) AS "
                        + shaped("SELECT * FROM \(table)")
                )
            }
            try replaceRows(on: connection)
        }
        try indexes.restore(on: connection)
        try LoadHistory.markReplaced(replaced, table: settings.name, on: connection)
        for version in chosen {
            try LoadHistory.record(version, table: settings.name, on: connection)
        }
    }

    /// Removes the rows that give way and inserts the new ones.
    private func replaceRows(on connection: borrowing Connection) throws {
        var incoming = "SELECT * FROM incoming"
        switch settings.mode {
        case .replace:
            // Rows without a source are other programs' and stay.
            try connection.execute("DELETE FROM \(table) WHERE _source IS NOT NULL")
        case .append:
            if !replaced.isEmpty {
                let sources = SQL.list(replaced.map(\.source))
                try connection.execute(
                    "DELETE FROM \(table) WHERE list_contains(\(sources), _source)"
                )
            }
        case .upsert:
            let match = keys.match
            try connection.execute(
                "DELETE FROM \(table) AS old WHERE EXISTS "
                    + "(SELECT 1 FROM incoming new WHERE \(match) AND old._seq <= new._seq)"
            )
            incoming =
                "SELECT * FROM incoming new WHERE NOT EXISTS "
                + "(SELECT 1 FROM \(table) old WHERE \(match) AND old._seq > new._seq)"
        }
        try connection.execute("INSERT INTO \(table) BY NAME \(incoming)")
    }

    private var foreignRows: String {
        shaped("SELECT * FROM \(table) WHERE _source IS NULL")
    }

    private func rows(of versions: [PreparedVersion]) -> String {
        let all = versions.map { "SELECT * FROM \($0.relation)" }.joined(separator: " UNION ALL ")
        return shaped(settings.mode == .upsert ? keys.newest(of: all) : all)
    }

    /// SQL of rows in the table's columns, those null that the rows have not.
    private func shaped(_ rows: String) -> String {
        let nulls = columns.map { "CAST(NULL AS \($0.type)) AS \(SQL.identifier($0.name))" }
        let values = columns.map {
            "CAST(\(SQL.identifier($0.name)) AS \($0.type)) AS \(SQL.identifier($0.name))"
        }
        return "SELECT \(values.joined(separator: ", ")) FROM ("
            + "SELECT \(nulls.joined(separator: ", ")) WHERE false UNION ALL BY NAME (\(rows)))"
    }

    /// The table's columns after the load: those of the versions, those that only the table has,
    /// and last Sluice's own.
    private static func columns(
        _ fields: [ColumnType.Field],
        beside old: [WarehouseTable.Column],
        on connection: borrowing Connection
    ) throws -> [WarehouseTable.Column] {
        let nulls = fields.map { "CAST(NULL AS \($0.type.sqlName)) AS \(SQL.identifier($0.name))" }
        let described =
            nulls.isEmpty
            ? [] : try connection.rows("DESCRIBE SELECT \(nulls.joined(separator: ", "))")
        let given = described.map {
            WarehouseTable.Column(name: $0[0].string ?? "", type: $0[1].string ?? "")
        }
        let own = [
            WarehouseTable.Column(name: "_source", type: "VARCHAR"),
            WarehouseTable.Column(name: "_seq", type: "BIGINT"),
        ]
        let names = Set((given + own).map(\.name))
        return given + old.filter { !names.contains($0.name) } + own
    }
}
