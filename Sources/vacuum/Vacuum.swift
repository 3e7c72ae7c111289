import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

/// Removes data files that no state of a lake table needs any more, as far back as its retention.
func vacuum(_ context: HandlerContext) throws -> HandlerResult {
    let asked = try context.lakeTables()
    let database = try Database(settings: context.databaseSettings)
    var result = HandlerResult()
    var failure: (any Error)?
    for table in asked.names {
        do {
            let settings = context.config.table(named: table)
            let log = DeltaLog(table: context.buckets.lakeTable(table))
            let isDryRun = asked.byHand?.dryRun ?? false
            if !isDryRun { try WriteNote(log, in: context.buckets).recover() }
            let vacuum = TableVacuum(
                log: log,
                retentionHours: asked.byHand?.retentionHours ?? settings.retentionHours,
                isDryRun: isDryRun
            )
            let checkpoints = try DuckDBCheckpoints(database)
            result.results.append(try vacuum.run(table, using: checkpoints))
        } catch {
            // One table must not hold up the others.
            HandlerLog.warning("table not cleaned", ["table": table, "error": "\(error)"])
            failure = failure ?? error
        }
    }
    if let failure { throw failure }
    return result
}
