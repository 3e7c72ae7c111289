import DeltaTable
import DuckDB
import Events
import LakeFiles
import TableRows

/// Mode `replace_partitions`: a partition has the rows of the newest version that has any there.
extension Conversion {
    /// The change that lets the partitions of new versions take the place of older ones.
    ///
    /// Nothing is read of the table: the log tells which version each partition is of.
    func partitionsReplaced(
        _ chosen: [PreparedVersion],
        _ incoming: [String],
        _ snapshot: Snapshot
    ) throws -> TableChange {
        guard var rows = try newestOfPartitions(incoming, of: chosen) else {
            return TableChange(rows: nil, removed: [])
        }
        let present = try PresentPartitions(snapshot, log.table, on: connection)
        let least = chosen.map(\.name.sequencer).min() ?? 0
        if present.newest > least {
            try present.fill("present", on: connection)
            rows = PartitionRows(snapshot.metadata.partitionColumns)
                .rows(rows, notOlderThan: "present")
        }
        return TableChange(rows: rows, removed: [], replaced: present)
    }

    /// SQL of the rows that belong to the newest version of their partition; nil for no parts.
    func newestOfPartitions(
        _ parts: [String],
        of versions: [PreparedVersion]
    ) throws -> String? {
        guard let all = union(parts) else { return nil }
        guard versions.count(where: { $0.rows > 0 }) > 1 else { return all }
        let partitions = PartitionRows(reader.partitionColumns)
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE newest AS \(partitions.newest(of: all))"
        )
        return partitions.rows(all, newestIn: "newest")
    }

    /// The versions that have rows in the table.
    func owners(of snapshot: Snapshot) throws -> Set<VersionHistory.Version> {
        let rows = LakeRelation.query(
            of: snapshot,
            table: log.table,
            columns: ["_source", "_seq"]
        )
        let found = try connection.rows(
            "SELECT DISTINCT _source, _seq FROM (\(rows)) WHERE _source IS NOT NULL"
        )
        return Set(
            found.map {
                VersionHistory.Version(
                    source: $0[0].string ?? "",
                    sequencer: Int64($0[1].int ?? 0)
                )
            }
        )
    }
}

/// The partitions of a snapshot with the newest version that has rows in each.
struct PresentPartitions {
    private let fields: [DeltaField]
    /// The files that hold rows of versions, with their partition and newest version.
    private var files: [(file: AddFile, values: [String?], newest: Int64)] = []

    /// Looks at the files' statistics; a file without them is read.
    init(
        _ snapshot: Snapshot,
        _ table: String,
        on connection: borrowing Connection
    ) throws {
        fields = snapshot.metadata.partitionColumns.compactMap { snapshot.schema[$0] }
        var found: [(file: AddFile, newest: Int64)] = []
        for file in snapshot.files {
            let range = SequencerRange(file)
            if range.holdsNothing { continue }
            if let newest = range.greatest {
                found.append((file, newest))
                continue
            }
            let rows = LakeRelation.query(
                of: snapshot,
                table: table,
                files: [file],
                columns: ["_seq"]
            )
            let newest = try connection.scalar("SELECT max(_seq) FROM (\(rows))")?.int
            if let newest { found.append((file, Int64(newest))) }
        }
        let texts = try PartitionValue.canonical(found.map(\.file), fields: fields, on: connection)
        for (index, item) in found.enumerated() {
            files.append((item.file, texts[index], item.newest))
        }
    }

    /// The newest of all versions; -1 where there is none.
    var newest: Int64 { files.map(\.newest).max() ?? -1 }

    /// Makes a temporary table of the partitions and their newest versions, `_seq`.
    func fill(_ name: String, on connection: borrowing Connection) throws {
        let columns = fields.map { "\(SQL.identifier($0.name)) \($0.type.duckDBName)" }
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(name) (\((columns + ["_seq BIGINT"]).joined(separator: ", ")))"
        )
        var newest: [[String?]: Int64] = [:]
        for file in files { newest[file.values] = max(newest[file.values] ?? -1, file.newest) }
        let rows = newest.map { values, sequencer in
            let literals = zip(fields, values).map { PartitionValue.typed($1, as: $0.type) }
            return "(\((literals + ["\(sequencer)"]).joined(separator: ", ")))"
        }
        for start in stride(from: 0, to: rows.count, by: 1000) {
            let some = rows[start..<min(start + 1000, rows.count)]
            try connection.execute("INSERT INTO \(name) VALUES \(some.joined(separator: ", "))")
        }
    }

    /// The files of the partitions that written files belong to.
    func files(replacedBy written: [AddFile]) -> [AddFile] {
        let partitions = Set(
            written.map { file in fields.map { file.partitionValues[$0.name] ?? nil } }
        )
        return files.filter { partitions.contains($0.values) }.map(\.file)
    }
}

/// What a file's statistics say of its column `_seq`.
private struct SequencerRange {
    /// The newest version.
    let greatest: Int64?
    /// Whether all rows are other programs'.
    let holdsNothing: Bool

    init(_ file: AddFile) {
        guard let text = file.stats, let stats = try? JSONValue(parsing: text) else {
            greatest = nil
            holdsNothing = false
            return
        }
        greatest = stats["maxValues"]?["_seq"]?.integer
        let nulls = stats["nullCount"]?["_seq"]?.integer
        holdsNothing = nulls != nil && nulls == stats["numRecords"]?.integer
    }
}
