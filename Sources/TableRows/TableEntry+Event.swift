public import Buckets
public import Catalog
public import Events
import HandlerRuntime

extension TableEntry {
    /// The entry of the table that a crawler's event names.
    ///
    /// - Throws: `HandlerError` when it is older than the event says, or not there.
    public static func read(
        for detail: GlueEvent.Detail,
        in buckets: BucketsFolder
    ) throws -> TableEntry {
        if let entry = try read(detail.table, in: buckets), entry.version >= detail.catalogVersion {
            return entry
        }
        throw HandlerError.failure(
            "CatalogBehind",
            "catalog/\(detail.table).json is missing or older than version "
                + "\(detail.catalogVersion), which the event names; let `crawl` run for the table "
                + "again"
        )
    }
}
