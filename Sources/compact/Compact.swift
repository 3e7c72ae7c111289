import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

/// Joins the small data files of lake tables to files of about the size that is aimed at.
///
/// No row changes. On a schedule a partition is written anew where it gets at least four files
/// fewer, by hand where it gets one fewer.
func compact(_ context: HandlerContext) throws -> HandlerResult {
    let request = try CompactionRequest(context)
    let database = try Database(settings: context.databaseSettings)
    var result = HandlerResult()
    var failure: (any Error)?
    for table in request.tables {
        do {
            let compaction = try TableCompaction(table, request, context, database: database)
            result.results.append(try compaction.run().json(table: table))
        } catch {
            // One table must not hold up the others.
            HandlerLog.warning("table not compacted", ["table": table, "error": "\(error)"])
            failure = failure ?? error
        }
    }
    if let failure { throw failure }
    return result
}

/// Which tables a run is asked to look at, and when a partition is worth the work.
struct CompactionRequest {
    /// The tables.
    let tables: [String]
    /// By how many files a partition must become smaller.
    let leastGain: Int

    /// Reads the event.
    ///
    /// - Throws: `HandlerError` when the event is of another kind, or names a table that is not
    ///   there.
    init(_ context: HandlerContext) throws {
        let present = try Self.lakeTables(context.buckets)
        switch context.event {
        case .schedule:
            tables = present
            leastGain = 4
        case .tables(let event):
            for table in event.tables ?? [] where !present.contains(table) {
                throw HandlerError.input(
                    "NoLakeTable",
                    "there is no lake table \(table); `sluice tables` lists them"
                )
            }
            tables = event.tables ?? present
            leastGain = 1
        case .objects, .crawler, nil:
            throw HandlerError.failure(
                "WrongEvent",
                "compact takes a schedule, or tables by hand (`sluice compact`); give its trigger a "
                    + "`schedule`"
            )
        }
    }

    /// The folders of the lake that hold a Delta log.
    private static func lakeTables(_ buckets: BucketsFolder) throws -> [String] {
        try FilePath.names(in: buckets.path(ofBucket: "lake")).filter { name in
            !ObjectRules.isHidden(name)
                && FilePath.canonical(buckets.lakeTable(name) + "/_delta_log") != nil
        }
    }
}
