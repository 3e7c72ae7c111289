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
    guard let entry = try TableEntry.read(detail.table, in: context.buckets),
        entry.version >= detail.catalogVersion
    else {
        throw HandlerError.failure(
            "CatalogBehind",
            "catalog/\(detail.table).json is older than version \(detail.catalogVersion), which the "
                + "event names; let `crawl` run for the table again"
        )
    }
    var result = HandlerResult()
    var versions: [StagedVersion] = []
    for object in detail.objects {
        do {
            versions.append(try StagedVersion(object, in: context.buckets))
        } catch {
            let error = HandlerError(error)
            result.batchItemFailures.append(
                BatchItemFailure(
                    itemIdentifier: object.sequencer.description,
                    errorType: error.type,
                    errorMessage: error.message,
                    retry: error.kind != .input
                )
            )
        }
    }
    let database = try Database(settings: context.databaseSettings)
    var conversion = try Conversion(
        settings: context.config.table(named: detail.table),
        entry: entry,
        versions: versions,
        context: context,
        database: database
    )
    let outcome = try conversion.run()
    result.results = outcome.results
    result.batchItemFailures += outcome.failures
    return result
}

/// A version with the manifest object that announced it.
struct StagedVersion {
    /// The manifest's own sequencer, by which failures are reported.
    let identifier: String
    let manifest: Manifest

    init(_ object: ManifestReference, in buckets: BucketsFolder) throws {
        identifier = object.sequencer.description
        manifest = try Manifest(
            path: buckets.path(of: ObjectKey(bucket: object.bucket, key: object.key))
        )
    }

    /// The version's name in the table's transactions and in `_source`.
    var source: String { manifest.source.source }

    var sequencer: Int64 { manifest.source.sequencer.column }
}
