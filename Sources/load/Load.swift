import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// Brings new object versions, or the partitions that lake commits changed, into the warehouse.
func load(_ context: HandlerContext) throws -> HandlerResult {
    let database = try Database(settings: context.databaseSettings)
    let warehouse = try LoadTarget(context.config.warehouse, database: database)
    switch context.event {
    case .crawler(let event):
        return try load(event.detail, context: context, into: warehouse)
    case .objects(let event):
        var commits = LakeCommits(event.records, context: context)
        return try commits.load(into: warehouse, database: database)
    case .schedule:
        throw HandlerError.failure(
            "WrongEvent",
            "load takes crawler events and commits of lake tables"
        )
    }
}

private func load(
    _ detail: GlueEvent.Detail,
    context: HandlerContext,
    into warehouse: borrowing LoadTarget
) throws -> HandlerResult {
    let entry = try TableEntry.read(for: detail, in: context.buckets)
    let settings = context.config.table(named: detail.table)
    var loading = try VersionLoading(
        settings: settings,
        entry: entry,
        staged: StagedVersions(detail.objects, in: context.buckets),
        context: context
    )
    return try loading.run(into: warehouse)
}
