import Buckets
import DeltaTable
import DuckDB
import Events
import HandlerRuntime
import LakeFiles

/// Commits of lake tables whose changed partitions are brought into the warehouse.
struct LakeCommits {
    private let context: HandlerContext
    private var tables: [(name: String, versions: [Int64])] = []
    private var result = HandlerResult()

    /// Takes S3 records of `lake/<table>/_delta_log/<20 digits>.json`.
    init(_ records: [S3Record], context: HandlerContext) {
        self.context = context
        for record in records {
            let parts = record.decodedKey.split(separator: "/")
            guard record.s3.bucket.name == "lake", parts.count == 3,
                let version = Int64(parts[2].prefix(20))
            else {
                result.batchItemFailures.append(
                    BatchItemFailure(
                        itemIdentifier: record.s3.object.sequencer.description,
                        errorType: "NoCommit",
                        errorMessage:
                            "\(record.s3.bucket.name)/\(record.decodedKey) is no commit of a "
                            + "lake table; load takes those and crawler events",
                        retry: false
                    )
                )
                continue
            }
            let name = String(parts[0])
            if let index = tables.firstIndex(where: { $0.name == name }) {
                tables[index].versions.append(version)
            } else {
                tables.append((name, [version]))
            }
        }
    }

    /// Loads table by table, each in a transaction.
    mutating func load(
        into warehouse: borrowing LoadTarget,
        database: borrowing Database
    ) throws -> HandlerResult {
        let checkpoints = try DuckDBCheckpoints(database)
        for table in tables {
            let log = DeltaLog(table: context.buckets.lakeTable(table.name))
            guard let snapshot = try log.snapshot(using: checkpoints) else { continue }
            let loading = LakeLoading(table: table.name, log: log, snapshot: snapshot)
            let rows = try loading.run(upTo: table.versions.max() ?? 0, into: warehouse)
            result.results.append([
                "table": .string(table.name), "version": .integer(snapshot.version),
                "rows": .integer(Int64(rows)), "rejected": 0,
            ])
        }
        return result
    }
}

/// One lake table on its way into the warehouse.
///
/// The history has one row for it, source `lake/<table>`, whose sequencer is the newest version of
/// the lake table that the warehouse's rows agree with, and whose eTag is the lake table's id: a table
/// that was made anew is loaded anew.
private struct LakeLoading {
    let table: String
    let log: DeltaLog
    let snapshot: Snapshot

    private var name: String { "warehouse.\(SQL.identifier(table))" }
    private var source: String { "lake/\(table)" }

    /// Replaces the partitions that changed since the last load; the answer is their rows.
    func run(upTo version: Int64, into warehouse: borrowing LoadTarget) throws -> Int {
        let known = try warehouse.reading { try loadedVersion(on: $0) } ?? nil
        if let known, known >= snapshot.version { return 0 }
        let changed = try changedPartitions(since: known)
        let files = changed.map { partitions in
            snapshot.files.filter { partitions.contains($0.partitionValues) }
        }
        let done = try warehouse.writing { connection in
            guard try loadedVersion(on: connection) == known else { return false }
            // The lake's files are rows made ready; nothing is gained by another copy of them.
            let rows = LakeRelation.query(of: snapshot, table: log.table, files: files)
            try apply(rows, to: changed, on: connection)
            return true
        }
        guard done else {
            throw HandlerError.notNow(
                "WarehouseChanging",
                "the table \(table) of the warehouse changed meanwhile"
            )
        }
        return (files ?? snapshot.files).reduce(0) { $0 + Int($1.recordCount ?? 0) }
    }

    /// The version that the warehouse's rows are of; nil when there are none.
    private func loadedVersion(on connection: borrowing Connection) throws -> Int64? {
        guard try !WarehouseTable.columns(of: LoadHistory.table, on: connection).isEmpty,
            try !WarehouseTable.columns(of: table, on: connection).isEmpty
        else { return nil }
        let newest = try connection.scalar(
            "SELECT max(sequencer) FROM warehouse.\(LoadHistory.table) "
                + "WHERE table_name = \(SQL.literal(table)) AND source = \(SQL.literal(source)) "
                + "AND etag = \(SQL.literal(snapshot.metadata.id))"
        )
        return newest?.int.map(Int64.init)
    }

    /// The partitions that commits after `known` touched; nil for the whole table.
    private func changedPartitions(since known: Int64?) throws -> [[String: String?]]? {
        guard let known, !snapshot.metadata.partitionColumns.isEmpty else { return nil }
        var changed: Set<[String: String?]> = []
        for version in stride(from: known + 1, through: snapshot.version, by: 1) {
            guard let actions = try log.actions(at: version) else { return nil }
            for action in actions {
                switch action {
                case .metadata: return nil
                case .add(let file) where file.dataChange: changed.insert(file.partitionValues)
                case .remove(let file) where file.dataChange:
                    guard let values = file.partitionValues else { return nil }
                    changed.insert(values)
                default: break
                }
            }
        }
        return Array(changed)
    }

    private func apply(
        _ rows: String,
        to partitions: [[String: String?]]?,
        on connection: borrowing Connection
    ) throws {
        try LoadHistory.prepare(on: connection)
        if let partitions {
            for values in partitions {
                try connection.execute("DELETE FROM \(name) WHERE \(condition(values))")
            }
            try connection.execute("INSERT INTO \(name) BY NAME \(rows)")
        } else {
            let indexes = try TableIndexes(of: table, on: connection)
            try connection.execute("CREATE OR REPLACE TABLE \(name) AS \(rows)")
            try indexes.restore(on: connection)
        }
        try connection.execute(
            "DELETE FROM warehouse.\(LoadHistory.table) WHERE table_name = \(SQL.literal(table)) "
                + "AND source = \(SQL.literal(source))"
        )
        try connection.execute(
            "INSERT INTO warehouse.\(LoadHistory.table) SELECT \(SQL.literal(table)), "
                + "\(SQL.literal(source)), \(snapshot.version), \(SQL.literal(snapshot.metadata.id)), "
                + "count(*), 0, "
                + "'\(LoadHistory.Status.loaded.rawValue)', now() FROM \(name)"
        )
    }

    private func condition(_ values: [String: String?]) -> String {
        let parts = values.sorted { $0.key < $1.key }.map { column, value in
            let type = snapshot.schema[column]?.type ?? .string
            let literal = PartitionValue.typed(value, as: type)
            return "\(SQL.identifier(column)) IS NOT DISTINCT FROM \(literal)"
        }
        return parts.joined(separator: " AND ")
    }
}
