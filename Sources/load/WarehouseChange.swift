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
    /// The removals that take rows out; with them nothing but what comes back is written.
    let removals: [VersionHistory.Version]
    /// The versions that become part of the table by a removal.
    let returned: [PreparedVersion]
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
    /// mode `upsert` one row for each key, in mode `replace_partitions` those of one version for each
    /// partition.
    let parts: [String]
    /// The keys in mode `upsert`.
    let keys: UpsertKeys
    /// The columns of the partitions.
    let partitionColumns: [String]

    /// Sluice's own columns.
    static let own = [
        ColumnType.Field(name: "_source", type: .string),
        ColumnType.Field(name: "_seq", type: .bigint),
    ]

    /// Decides; `owners` looks up the versions that have rows in the table.
    ///
    /// - Throws: `VersionRefusal` when rows of earlier versions must be converted again from their
    ///   text and that cannot be.
    init(
        _ chosen: [PreparedVersion],
        columns fields: [ColumnType.Field],
        over old: WarehouseTable,
        reader: TableReader,
        context: HandlerContext,
        on connection: borrowing Connection,
        owners: () throws -> Set<VersionHistory.Version>
    ) throws {
        let settings = reader.settings
        let shape = try TableColumns(fields, beside: old, settings, on: connection)
        let keys = UpsertKeys(settings.keys, columns: fields)
        let replaced = old.history.replaced(by: chosen.map(\.name))
        var versions = chosen
        var relations: [String] = []
        if !shape.changed.isEmpty, settings.mode != .replace {
            let text = EarlierText(
                settings: settings,
                context: context,
                for: .wider(shape.changed)
            )
            var kept = old.history.contributing.filter { !replaced.contains($0) }
            // A version without a partition of its own gets none by another type of other columns.
            if settings.mode == .replacePartitions, !reader.isPartition(anyOf: shape.changed) {
                kept = kept.filter(try owners().contains)
            }
            let earlier = try reader.prepare(try text.manifests(of: kept), on: connection)
            if let lost = earlier.refusals.first { throw lost }
            relations = reader.relations(of: earlier.versions)
            versions += earlier.versions
        }
        relations += reader.relations(of: chosen)
        var rows = relations.map { "SELECT * FROM \($0)" }.joined(separator: " UNION ALL ")
        switch settings.mode {
        case .append, .replace: break
        case .upsert: rows = keys.newest(of: rows)
        case .replacePartitions where versions.count > 1:
            rows = try Self.newest(of: rows, reader.partitionColumns, on: connection)
        case .replacePartitions: break
        }
        self.init(
            reader,
            sources: chosen.map(\.manifest.source.source),
            replaced: replaced,
            shape: shape,
            old: old,
            parts: [rows],
            keys: keys
        )
    }

    /// Decides for versions that are written while they are looked at; nil where rows of others, of
    /// one key or of one partition have to be looked at together.
    init?(
        streaming chosen: [StreamedVersion],
        columns fields: [ColumnType.Field],
        over old: WarehouseTable,
        reader: TableReader,
        on connection: borrowing Connection
    ) throws {
        let shape = try TableColumns(fields, beside: old, reader.settings, on: connection)
        guard shape.changed.isEmpty, !reader.settings.mode.countsAllVersions else { return nil }
        self.init(
            reader,
            sources: chosen.map(\.manifest.source.source),
            replaced: old.history.replaced(by: chosen.map { $0.manifest.name }),
            shape: shape,
            old: old,
            parts: chosen.flatMap(\.parts),
            keys: UpsertKeys([], columns: [])
        )
    }

    /// A change that is decided.
    init(
        _ reader: TableReader,
        sources: [String],
        replaced: [VersionHistory.Version],
        removals: [VersionHistory.Version] = [],
        returned: [PreparedVersion] = [],
        shape: TableColumns,
        old: WarehouseTable,
        parts: [String],
        keys: UpsertKeys
    ) {
        settings = reader.settings
        partitionColumns = reader.partitionColumns
        self.sources = sources
        self.replaced = replaced
        self.removals = removals
        self.returned = returned
        self.old = old
        self.parts = parts
        self.keys = keys
        fields = shape.fields
        columns = shape.columns
        isRetyped = !shape.changed.isEmpty
    }

    /// SQL of the rows that belong to the newest version of their partition.
    static func newest(
        of rows: String,
        _ columns: [String],
        on connection: borrowing Connection
    ) throws -> String {
        let partitions = PartitionRows(columns)
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE newest AS \(partitions.newest(of: rows))"
        )
        return partitions.rows(rows, newestIn: "temp.newest")
    }
}
