import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// Writes the rows of new object versions into their lake table, all of them in one Delta commit.
///
/// Versions that the table holds already answer what they answered then.
func convert(_ context: HandlerContext) throws -> HandlerResult {
    let detail = try context.crawlerDetail()
    let entry = try TableEntry.read(for: detail, in: context.buckets)
    let staged = try StagedVersions(detail.objects, in: context.buckets)
    let database = try Database(settings: context.databaseSettings)
    var conversion = try Conversion(
        settings: context.config.table(named: detail.table),
        entry: entry,
        staged: staged,
        context: context,
        database: database
    )
    return try conversion.run()
}
