import Buckets
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// What a load does to a table of the warehouse; how is for `WarehouseTables`.
struct WarehouseChange {
    /// The table's settings.
    let settings: TableSettings
    /// The versions that become part of the table.
    let chosen: [PreparedVersion]
    /// The versions whose rows give way.
    let replaced: [VersionHistory.Version]
    /// The columns of the rows that come, `_source` and `_seq` last.
    let fields: [ColumnType.Field]
    /// The table's columns afterwards: those of the rows that come, those that only the table has,
    /// and last Sluice's own.
    let columns: [WarehouseTable.Column]
    /// What the table was when this was decided.
    let old: WarehouseTable
    /// Whether a column has another type now, so that every row is written anew.
    let isRetyped: Bool
    /// SQL of the rows that come, with `fields`; in mode `upsert` one for each key.
    let rows: String
    /// The keys in mode `upsert`.
    let keys: UpsertKeys

    /// Sluice's own columns.
    static let own = [
        ColumnType.Field(name: "_source", type: .string),
        ColumnType.Field(name: "_seq", type: .bigint),
    ]

    /// Decides.
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
        self.chosen = chosen
        self.old = old
        self.fields = fields + Self.own
        keys = UpsertKeys(settings.keys, columns: fields)
        replaced = old.history.replaced(by: chosen.map(\.name))
        let given = try WarehouseTable.Column.all(self.fields, on: connection)
        let only = old.columns.filter { column in !given.contains { $0.name == column.name } }
        columns = given.dropLast(Self.own.count) + only + given.suffix(Self.own.count)
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
        let all = versions.map { "SELECT * FROM \($0.relation)" }.joined(separator: " UNION ALL ")
        rows = settings.mode == .upsert ? keys.newest(of: all) : all
    }
}
