import Buckets
import Catalog
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

/// One table's part of a crawl.
struct TableCrawler {
    let settings: TableSettings
    /// The manifests that are in the catalog now, as objects.
    private(set) var crawled: [ObjectVersion] = []

    private let context: HandlerContext
    private let finder: ColumnFinder
    private var entry: TableEntry
    private var waiting: [(manifest: Manifest, object: ObjectVersion)] = []
    private var findings: [[CrawledColumn]] = []
    private var classification = "csv"

    init(table: String, context: HandlerContext) throws {
        self.context = context
        settings = context.config.table(named: table)
        finder = ColumnFinder(settings: settings, context: context)
        entry =
            try TableEntry.read(table, in: context.buckets)
            ?? TableEntry(
                name: table,
                time: UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())
            )
    }

    /// Reads the manifest that a record names.
    mutating func take(_ record: S3Record) throws {
        let object = record.version
        let manifest = try Manifest(path: context.buckets.path(of: object.objectKey))
        if manifest.isRemoval {
            crawled.append(object)
        } else {
            waiting.append((manifest, object))
        }
    }

    /// Looks at every version; the answer are those that cannot be read.
    ///
    /// - Throws: What concerns all of them, such as a full disk.
    mutating func crawl(
        on connection: borrowing Connection
    ) throws -> [(ObjectVersion, VersionRefusal)] {
        var refusals: [(ObjectVersion, VersionRefusal)] = []
        for group in groups() {
            do {
                try crawl(group.map(\.manifest), on: connection)
                crawled += group.map(\.object)
            } catch is VersionRefusal {
                for member in group {
                    do {
                        try crawl([member.manifest], on: connection)
                        crawled.append(member.object)
                    } catch let refusal as VersionRefusal {
                        refusals.append((member.object, refusal))
                    }
                }
            }
        }
        return refusals
    }

    /// Writes the entry if anything changed; the answer says what.
    mutating func finish() throws -> JSONValue {
        let changes = findings.isEmpty ? [] : try update()
        return [
            "table": .string(settings.name),
            "version": .integer(Int64(entry.version)),
            "changes": .array(changes.map { .string($0) }),
            "objects": .array(crawled.map { .string($0.sequencer.description) }),
        ]
    }

    private mutating func update() throws -> [String] {
        let columns = finder.merged(findings, into: entry)
        let time = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())
        let before = entry.version
        let changes = entry.update(columns: columns, classification: classification, time: time)
        if entry.version != before { try entry.write(in: context.buckets) }
        return changes
    }

    /// Versions that are written alike are looked at together.
    private func groups() -> [[(manifest: Manifest, object: ObjectVersion)]] {
        var groups: [[(manifest: Manifest, object: ObjectVersion)]] = []
        for member in waiting {
            let index = groups.firstIndex { $0[0].manifest.format == member.manifest.format }
            if let index { groups[index].append(member) } else { groups.append([member]) }
        }
        return groups
    }

    private mutating func crawl(
        _ manifests: [Manifest],
        on connection: borrowing Connection
    ) throws {
        classification = manifests[0].format.type.rawValue
        findings.append(try finder.columns(of: manifests, on: connection))
    }
}
