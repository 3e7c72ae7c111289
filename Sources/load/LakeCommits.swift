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
            let rows = try LakeLoading(table: table.name, log: log, snapshot: snapshot)
                .run(into: warehouse)
            result.results.append([
                "table": .string(table.name), "version": .integer(snapshot.version),
                "rows": .integer(Int64(rows)), "rejected": 0,
            ])
        }
        return result
    }
}
