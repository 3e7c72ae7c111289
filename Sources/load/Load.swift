import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import Migrations
import TableRows

/// Brings new object versions, or the partitions that lake commits changed, into the warehouse.
func load(_ context: HandlerContext) throws -> HandlerResult {
    let database = try Database(settings: context.databaseSettings)
    let warehouse = try LoadTarget(context.config.warehouse, database: database)
    if let folder = context.config.migrations { try migrate(folder, warehouse) }
    switch context.event {
    case .crawler(let event):
        return try load(event.detail, context: context, into: warehouse)
    case .objects(let event):
        var commits = LakeCommits(event.records, context: context)
        return try commits.load(into: warehouse, database: database)
    case .schedule, .tables, nil:
        throw HandlerError.failure(
            "WrongEvent",
            "load takes crawler events and commits of lake tables"
        )
    }
}

/// Applies pending migrations, so that rows come into the schema that the settings ask for.
///
/// What is wrong with them is nothing that the files can help: they wait until it is mended.
private func migrate(_ folder: String, _ warehouse: borrowing LoadTarget) throws {
    do {
        let migrations = try Migrations(folder: folder, access: warehouse.access)
        _ = try migrations.apply(.accompany, on: warehouse.connection) { applied in
            HandlerLog.info(
                "migration applied",
                ["script": applied.script.path, "seconds": "\(applied.seconds)"]
            )
        }
    } catch let error as MigrationError {
        throw HandlerError.notNow("MigrationFailed", error.description)
    } catch let error as FunctionConfigError {
        throw HandlerError.notNow("MigrationFailed", error.description)
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
        staged: try StagedVersions(detail.objects, in: context.buckets),
        context: context
    )
    return try loading.run(into: warehouse)
}
