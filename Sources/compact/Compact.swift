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
    init(_ context: HandlerContext) throws {
        let asked = try context.lakeTables()
        tables = asked.names
        leastGain = asked.byHand == nil ? 4 : 1
    }
}
