import Catalog
import DeltaTable
import Events
import FunctionConfig
import LakeFiles

/// A lake table in the words of `sluice tables`.
enum LakeDescription {
    /// How many partitions, and how many versions, a description names.
    private static let named = 10

    /// The columns: those of the lake, or of the catalog where there is no lake table.
    static func columns(
        _ entry: TableEntry?,
        _ snapshot: Snapshot?,
        _ settings: TableSettings
    ) -> [TableDescription.Column] {
        let known = entry?.columns ?? []
        let parted = snapshot?.metadata.partitionColumns ?? []
        guard let snapshot else {
            return known.map { column in
                TableDescription.Column(
                    name: column.name,
                    type: column.type.description,
                    originals: column.originals,
                    origin: column.inferred == nil ? "given" : "inferred",
                    isPartition: column.isPartitionKey
                )
            }
        }
        return snapshot.schema.fields.map { field in
            let column = settings.transform == nil ? known.first { $0.name == field.name } : nil
            let origin: String
            if ["_source", "_seq"].contains(field.name) {
                origin = "sluice"
            } else if settings.transform != nil {
                origin = "transform"
            } else if settings.derivation != nil {
                origin = "query"
            } else if let column {
                origin = column.inferred == nil ? "given" : "inferred"
            } else {
                origin = "lake"
            }
            return TableDescription.Column(
                name: field.name,
                type: field.type.glueName,
                originals: column?.originals ?? [],
                origin: origin,
                isPartition: parted.contains(field.name)
            )
        }
    }

    /// Rows, files, partitions and versions.
    static func lake(
        _ snapshot: Snapshot,
        _ history: LogHistory,
        _ settings: TableSettings
    ) -> TableDescription.Lake {
        let columns = snapshot.metadata.partitionColumns
        let groups = Dictionary(grouping: snapshot.files) { file in
            columns.map { file.partitionValues[$0] ?? nil }
        }
        let partitions =
            columns.isEmpty
            ? []
            : groups.map { values, files in
                TableDescription.Partition(
                    name: zip(columns, values).map { "\($0)=\($1 ?? "null")" }.joined(
                        separator: "/"
                    ),
                    rows: TableReading.rows(of: files),
                    files: files.count,
                    bytes: files.reduce(0) { $0 + $1.size }
                )
            }
        let largest = partitions.sorted { ($1.rows, $0.name) < ($0.rows, $1.name) }
        return TableDescription.Lake(
            rows: TableReading.rows(of: snapshot.files),
            files: snapshot.files.count,
            bytes: snapshot.files.reduce(0) { $0 + $1.size },
            version: snapshot.version,
            id: snapshot.metadata.id,
            partitionedBy: columns,
            partitions: partitions.count,
            largestPartitions: Array(largest.prefix(named)),
            sortedBy: settings.sortBy,
            lastVersions: history.entries.suffix(named).reversed().map { entry in
                TableDescription.Version(
                    version: entry.version,
                    time: entry.timestamp.map(TableReading.time),
                    operation: entry.operation,
                    rowsAdded: entry.rows,
                    filesAdded: entry.added,
                    filesRemoved: entry.removed
                )
            }
        )
    }

    /// What each commit with other columns changed in them.
    static func changes(_ history: LogHistory) -> [TableDescription.Change] {
        var changes: [TableDescription.Change] = []
        var last: Metadata?
        for entry in history.entries {
            guard let metadata = entry.metadata else { continue }
            let lines = last.map { difference(from: $0, to: metadata) } ?? ["created"]
            last = metadata
            guard !lines.isEmpty else { continue }
            changes.append(
                TableDescription.Change(
                    store: "lake",
                    version: entry.version,
                    time: entry.timestamp.map(TableReading.time),
                    changes: lines
                )
            )
        }
        return changes
    }

    private static func difference(from old: Metadata, to new: Metadata) -> [String] {
        let before = (try? old.schema())?.fields ?? []
        let after = (try? new.schema())?.fields ?? []
        var lines: [String] = []
        for field in after {
            guard let known = before.first(where: { $0.name == field.name }) else {
                lines.append("added column \(field.name) \(field.type.glueName)")
                continue
            }
            if known.type != field.type {
                lines.append(
                    "changed column \(field.name) from \(known.type.glueName) to "
                        + field.type.glueName
                )
            }
        }
        for field in before where !after.contains(where: { $0.name == field.name }) {
            lines.append("removed column \(field.name)")
        }
        if old.partitionColumns != new.partitionColumns {
            let columns = new.partitionColumns
            lines.append(
                columns.isEmpty
                    ? "no partitions any more" : "partitioned by \(columns.joined(separator: ", "))"
            )
        }
        return lines
    }
}
