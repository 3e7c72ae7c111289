public import Buckets
public import Catalog
public import Events
import HandlerRuntime

extension TableEntry {
    /// The entry of the table that a crawler's event names.
    ///
    /// It has no columns where the event is of removals alone and nothing was ever crawled.
    ///
    /// - Throws: `HandlerError` when it is older than the event says, or not there.
    public static func read(
        for detail: GlueEvent.Detail,
        in buckets: BucketsFolder
    ) throws -> TableEntry {
        if let entry = try read(detail.table, in: buckets), entry.version >= detail.catalogVersion {
            return entry
        }
        if detail.catalogVersion == 0 {
            return TableEntry(name: detail.table, time: detail.completionDate)
        }
        throw HandlerError.failure(
            "CatalogBehind",
            "catalog/\(detail.table).json is missing or older than version "
                + "\(detail.catalogVersion), which the event names; let `crawl` run for the table "
                + "again"
        )
    }
}
