import Buckets
import Events
import FoundationEssentials
import FunctionConfig

/// The event of objects that a function is invoked for by hand.
struct InvokedObjects {
    let function: String
    let config: FunctionConfig
    let buckets: BucketsFolder

    /// One event for all objects, `bucket/key` each: a function that waits for a crawler gets its
    /// event for manifests, others that of S3.
    func event(_ objects: [String]) throws -> [UInt8] {
        let event = try S3Event(of: objects, removed: false, buckets: buckets, config: config)
        let crawlers = config.triggers.compactMap { trigger -> String? in
            guard trigger.function == function, case .crawler(let name, _) = trigger.source else {
                return nil
            }
            return name
        }
        let versions = event.records.map(\.version)
        guard let crawler = crawlers.first,
            versions.allSatisfy({ FilePath.name(of: $0.key) == Manifest.fileName })
        else { return Array(try JSONText.encode(event)) }
        return Array(
            try JSONText.encode(GlueEvent(crawler: crawler, manifests: versions, buckets: buckets))
        )
    }
}

extension GlueEvent {
    /// The end of a crawl, made by hand for manifests of one table.
    fileprivate init(crawler: String, manifests: [ObjectVersion], buckets: BucketsFolder) throws {
        let references = try manifests.map { manifest in
            let content = try Manifest(path: buckets.path(of: manifest.objectKey))
            return (content.table, ManifestReference(manifest: manifest, source: content.source))
        }
        let tables = Set(references.map(\.0))
        guard let table = tables.first, tables.count == 1 else {
            throw CommandFailure.usage("the manifests are of several tables; name those of one")
        }
        let entry = try? JSONValue(
            parsing: String(decoding: FilePath.read(buckets.catalogEntry(table)), as: UTF8.self)
        )
        let now = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())
        let detail = Detail(
            crawlerName: crawler,
            state: "Succeeded",
            message: "made by hand",
            runningTime: "0",
            completionDate: now,
            table: table,
            catalogVersion: entry?["Table"]?["VersionId"]?.string.flatMap { Int($0) } ?? 0,
            objects: references.map(\.1)
        )
        self.init(id: UUID().uuidString.lowercased(), time: now, detail: detail)
    }
}
