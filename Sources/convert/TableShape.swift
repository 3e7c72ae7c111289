import Catalog
import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import FunctionConfig
import HandlerRuntime
import LakeFiles

/// The columns of a lake table after a commit, and how its rows are laid out.
struct TableShape {
    let schema: DeltaSchema
    let partitionColumns: [String]
    let sortColumns: [String]
    /// Columns whose type or place differs from the snapshot's, so that every row is written anew.
    let changed: [String]
    private let targetFileSize: Int64
    private let computed: [ComputedPartition]
    /// Columns that only the table knows: versions have no values for them.
    private let others: [DeltaField]

    /// Puts the shape together; `columns` hold those that settings name.
    ///
    /// Columns that only the table has stay where `keepsOthers`.
    init(
        settings: TableSettings,
        entry: TableEntry,
        columns: [ColumnType.Field],
        snapshot: Snapshot?,
        keepsOthers: Bool = true
    ) {
        let own = [
            DeltaField(name: "_source", type: .string), DeltaField(name: "_seq", type: .long),
        ]
        let fields = columns.map { DeltaField(name: $0.name, type: DeltaType($0.type)) }
        let names = Set((fields + own).map(\.name))
        // Columns that only the table knows stay, as other writers may have added them.
        others =
            keepsOthers ? (snapshot?.schema.fields ?? []).filter { !names.contains($0.name) } : []
        let schema = DeltaSchema(fields + others + own)
        let keys = entry.columns.filter { $0.isPartitionKey && names.contains($0.name) }
        partitionColumns =
            settings.partitionBy.isEmpty ? keys.map(\.name) : settings.partitionBy
        sortColumns = settings.sortBy
        targetFileSize = settings.targetFileSize
        computed = settings.computedPartitions
        self.schema = schema
        guard let snapshot else {
            changed = []
            return
        }
        let retyped = snapshot.schema.fields.filter { schema[$0.name]?.type != $0.type }.map(\.name)
        let moved =
            snapshot.metadata.partitionColumns == partitionColumns
            ? [] : snapshot.metadata.partitionColumns + partitionColumns
        changed = retyped + moved
    }

    /// The shape that a table has, for a change that brings no columns.
    init(of snapshot: Snapshot, settings: TableSettings) {
        schema = snapshot.schema
        partitionColumns = snapshot.metadata.partitionColumns
        sortColumns = settings.sortBy.filter { snapshot.schema[$0] != nil }
        changed = []
        targetFileSize = settings.targetFileSize
        computed = settings.computedPartitions
        others = []
    }

    /// SQL of rows with every column of the table.
    func complete(_ rows: String) -> String {
        guard !others.isEmpty else { return rows }
        let nulls = others.map {
            "CAST(NULL AS \($0.type.duckDBName)) AS \(SQL.identifier($0.name))"
        }
        return "SELECT \(nulls.joined(separator: ", ")) WHERE false UNION ALL BY NAME (\(rows))"
    }

    /// A writer of data files of this shape, whose names begin with a mark.
    func writer(table: String, mark: String) -> LakeWriter {
        LakeWriter(
            table: table,
            schema: schema,
            partitionColumns: partitionColumns,
            sortColumns: sortColumns,
            targetFileSize: targetFileSize,
            mark: mark
        )
    }

    /// The metadata action of a commit; nil when the snapshot's still holds.
    func metadata(over snapshot: Snapshot?, name: String, now: Int64) -> Metadata? {
        guard let snapshot else {
            return Metadata(
                id: UUID().uuidString.lowercased(),
                name: name,
                schema: schema,
                partitionColumns: partitionColumns,
                createdTime: now,
                configuration: configuration(over: [:])
            )
        }
        let configuration = configuration(over: snapshot.metadata.configuration)
        let holds =
            snapshot.schema == schema && snapshot.metadata.partitionColumns == partitionColumns
            && snapshot.metadata.configuration == configuration
        return holds
            ? nil
            : snapshot.metadata.replacing(
                schema: schema,
                partitionColumns: partitionColumns,
                configuration: configuration
            )
    }

    /// The table's settings, which tell readers how partitions are computed.
    private func configuration(over former: [String: String]) -> [String: String] {
        var configuration = former.filter { !$0.key.hasPrefix(LakeFiles.computedPrefix) }
        for partition in computed {
            configuration[LakeFiles.computedPrefix + partition.name] = partition.description
        }
        return configuration
    }
}
