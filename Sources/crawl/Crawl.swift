import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// Finds the columns of new versions and widens their tables' catalog entries to hold them.
///
/// Versions of which no type is to be inferred are not read.
func crawl(_ context: HandlerContext) throws -> HandlerResult {
    var result = HandlerResult()
    let database = try Database(settings: context.databaseSettings)
    let connection = try database.connect()
    for (table, records) in try tables(of: context) {
        var crawler = try TableCrawler(table: table, context: context)
        for record in records {
            do {
                try crawler.take(record)
            } catch {
                if HandlerError(error).kind == .notNow { throw error }
                result.batchItemFailures.append(failure(error, of: record.version))
            }
        }
        for (manifest, refusal) in try crawler.crawl(on: connection) {
            result.batchItemFailures.append(failure(refusal, of: manifest))
        }
        if !crawler.crawled.isEmpty { result.results.append(try crawler.finish()) }
    }
    return result
}

/// The manifests of an event by table, tables in the order of their first manifest.
private func tables(of context: HandlerContext) throws -> [(String, [S3Record])] {
    var tables: [(name: String, records: [S3Record])] = []
    for record in try context.objectRecords() {
        let key = record.version.objectKey
        let name = record.s3.object.table ?? context.config.table(of: key)
        if let index = tables.firstIndex(where: { $0.name == name }) {
            tables[index].records.append(record)
        } else {
            tables.append((name, [record]))
        }
    }
    return tables
}

private func failure(_ error: any Error, of manifest: ObjectVersion) -> BatchItemFailure {
    let identifier = manifest.sequencer.description
    if let refusal = error as? VersionRefusal {
        return BatchItemFailure(
            itemIdentifier: identifier,
            errorType: refusal.type,
            errorMessage: refusal.message,
            retry: false
        )
    }
    let error = HandlerError(error)
    return BatchItemFailure(
        itemIdentifier: identifier,
        errorType: error.type,
        errorMessage: error.message,
        retry: error.kind != .input
    )
}
