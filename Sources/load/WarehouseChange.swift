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
    /// The objects whose versions become part of the table.
    let sources: [String]
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
    /// SQL of the rows that come, with `fields`, in parts that are written one after the other; in
    /// mode `upsert` one row for each key.
    let parts: [String]
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
        let shape = try Shape(fields, beside: old, on: connection)
        let settings = reader.settings
        let keys = UpsertKeys(settings.keys, columns: fields)
        let replaced = old.history.replaced(by: chosen.map(\.name))
        var versions = chosen
        if !shape.retyped.isEmpty, settings.mode != .replace {
            let text = EarlierText(settings: settings, context: context, changed: shape.retyped)
            let kept = old.history.contributing.filter { !replaced.contains($0) }
            let earlier = try reader.prepare(try text.manifests(of: kept), on: connection)
            if let lost = earlier.refusals.first { throw lost }
            versions = earlier.versions + chosen
        }
        let all = versions.map { "SELECT * FROM \($0.relation)" }.joined(separator: " UNION ALL ")
        self.init(
            settings: settings,
            sources: chosen.map(\.manifest.source.source),
            replaced: replaced,
            shape: shape,
            old: old,
            parts: [settings.mode == .upsert ? keys.newest(of: all) : all],
            keys: keys
        )
    }

    /// Decides for versions that are written while they are looked at; nil where rows of others, or
    /// of one key, have to be looked at together.
    init?(
        streaming chosen: [StreamedVersion],
        over old: WarehouseTable,
        reader: TableReader,
        on connection: borrowing Connection
    ) throws {
        let shape = try Shape(reader.fields, beside: old, on: connection)
        guard shape.retyped.isEmpty, reader.settings.mode != .upsert else { return nil }
        self.init(
            settings: reader.settings,
            sources: chosen.map(\.manifest.source.source),
            replaced: old.history.replaced(by: chosen.map { $0.manifest.name }),
            shape: shape,
            old: old,
            parts: chosen.flatMap(\.parts),
            keys: UpsertKeys([], columns: [])
        )
    }

    private init(
        settings: TableSettings,
        sources: [String],
        replaced: [VersionHistory.Version],
        shape: Shape,
        old: WarehouseTable,
        parts: [String],
        keys: UpsertKeys
    ) {
        self.settings = settings
        self.sources = sources
        self.replaced = replaced
        self.old = old
        self.parts = parts
        self.keys = keys
        fields = shape.fields
        columns = shape.columns
        isRetyped = !shape.retyped.isEmpty
    }
}

/// The columns of a table after a load.
private struct Shape {
    let fields: [ColumnType.Field]
    let columns: [WarehouseTable.Column]
    /// The names of columns that have another type now.
    let retyped: [String]

    init(
        _ given: [ColumnType.Field],
        beside old: WarehouseTable,
        on connection: borrowing Connection
    ) throws {
        let fields = given + WarehouseChange.own
        let described = try WarehouseTable.Column.all(fields, on: connection)
        let only = old.columns.filter { column in
            !described.contains { $0.name == column.name }
        }
        let own = WarehouseChange.own.count
        let columns = described.dropLast(own) + only + described.suffix(own)
        self.fields = fields
        self.columns = Array(columns)
        retyped = old.columns.filter { !columns.contains($0) }.map(\.name)
    }
}
