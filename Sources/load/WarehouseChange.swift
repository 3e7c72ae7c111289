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
    /// SQL of the rows that come, with `fields`; in mode `upsert` one for each key, in mode
    /// `replace_partitions` those of one version for each partition.
    let rows: String
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
        settings = reader.settings
        self.chosen = chosen
        self.old = old
        self.fields = fields + Self.own
        keys = UpsertKeys(settings.keys, columns: fields)
        replaced = old.history.replaced(by: chosen.map(\.name))
        let given = try WarehouseTable.Column.all(self.fields, on: connection)
        let only = old.columns.filter { column in !given.contains { $0.name == column.name } }
        columns = given.dropLast(Self.own.count) + only + given.suffix(Self.own.count)
        let changed = Self.changed(columns, from: old.columns, settings)
        isRetyped = !changed.isEmpty
        partitionColumns = reader.partitionColumns
        var versions = chosen
        if isRetyped, settings.mode != .replace {
            let text = EarlierText(settings: settings, context: context, changed: changed)
            var kept = old.history.contributing.filter { [replaced] in !replaced.contains($0) }
            // A version without a partition of its own gets none by another type of other columns.
            if settings.mode == .replacePartitions, !reader.isPartition(anyOf: changed) {
                kept = kept.filter(try owners().contains)
            }
            let earlier = try reader.prepare(try text.manifests(of: kept), on: connection)
            if let lost = earlier.refusals.first { throw lost }
            versions = earlier.versions + chosen
        }
        let all = versions.map { "SELECT * FROM \($0.relation)" }.joined(separator: " UNION ALL ")
        switch settings.mode {
        case .append, .replace: rows = all
        case .upsert: rows = keys.newest(of: all)
        case .replacePartitions:
            rows =
                versions.count > 1
                ? try Self.newest(of: all, partitionColumns, on: connection) : all
        }
    }

    /// The columns for which every row is written anew: of another type, or computed and not there.
    private static func changed(
        _ columns: [WarehouseTable.Column],
        from old: [WarehouseTable.Column],
        _ settings: TableSettings
    ) -> [String] {
        guard !old.isEmpty else { return [] }
        let retyped = old.filter { !columns.contains($0) }.map(\.name)
        let computed = settings.computedPartitions.map(\.name)
        return retyped + computed.filter { name in !old.contains { $0.name == name } }
    }

    /// SQL of the rows that belong to the newest version of their partition.
    private static func newest(
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
