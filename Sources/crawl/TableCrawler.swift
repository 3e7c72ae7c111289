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
    private let map: ColumnMap
    /// The manifests that are in the catalog now, as objects.
    private(set) var crawled: [ObjectVersion] = []

    private let context: HandlerContext
    private var entry: TableEntry
    private var waiting: [(manifest: Manifest, object: ObjectVersion)] = []
    private var findings: [[CrawledColumn]] = []
    private var classification = "csv"

    init(table: String, context: HandlerContext) throws {
        self.context = context
        settings = context.config.table(named: table)
        map = ColumnMap(settings)
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
        waiting.append((try Manifest(path: context.buckets.path(of: object.objectKey)), object))
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
        let columns = entry.merged(
            with: findings,
            given: settings.columns,
            reserved: map.reserved
        )
        let time = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())
        let before = entry.version
        let changes = entry.update(columns: columns, classification: classification, time: time)
        if entry.version != before { try entry.write(in: context.buckets) }
        return [
            "table": .string(settings.name),
            "version": .integer(Int64(entry.version)),
            "changes": .array(changes.map { .string($0) }),
            "objects": .array(crawled.map { .string($0.sequencer.description) }),
        ]
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
        let format = manifests[0].format
        classification = format.type.rawValue
        let found: [CrawledColumn]
        switch format.type {
        case .csv:
            found = try fields(of: manifests, on: connection)
        case .json:
            let text = try read(manifests, on: connection)
            let inference = JSONInference(
                relation: VersionText.union(text),
                times: settings.format.times,
                map: map,
                timeColumns: settings.timeColumns
            )
            found = try inference.columns(on: connection)
        }
        findings.append(found + (try pathColumns(manifests, beside: found, on: connection)))
    }

    /// The columns of delimited text; nothing is read where all their types are given.
    private func fields(
        of manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> [CrawledColumn] {
        let format = manifests[0].format
        let given = Set(settings.columns.map(\.name))
        let names = map.columns(ofFields: format)
        let inferred = names.indices.filter { names[$0].map { !given.contains($0) } ?? false }
        var types: [Int: InferredType] = [:]
        if !inferred.isEmpty, manifests.contains(where: { $0.records > 0 }) {
            let text = try read(manifests, on: connection)
            let columns = inferred.map {
                TextColumn(text: "f\($0)", isTime: isTime(names[$0]))
            }
            let inference = ColumnInference(
                relation: VersionText.union(text),
                times: settings.format.times
            )
            let kinds = try inference.types(of: columns, on: connection)
            types = Dictionary(uniqueKeysWithValues: zip(inferred, kinds))
        }
        return names.enumerated().compactMap { index, name in
            name.map {
                CrawledColumn(
                    original: format.columns?[index] ?? $0,
                    name: $0,
                    inferred: types[index] ?? InferredType(isTime($0) ? .date : .void)
                )
            }
        }
    }

    private func isTime(_ column: String?) -> Bool {
        column.map(settings.timeColumns.contains) ?? false
    }

    private func read(
        _ manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> [VersionText] {
        try VersionText.read(
            manifests,
            buckets: context.buckets,
            scratchFolder: context.scratchFolder,
            on: connection
        )
    }

    /// The columns that come from `key=value` folders, unless the files have columns of these names.
    private func pathColumns(
        _ manifests: [Manifest],
        beside found: [CrawledColumn],
        on connection: borrowing Connection
    ) throws -> [CrawledColumn] {
        let folders = manifests.flatMap { PathPartition.all(inKey: $0.source.key) }
        let inFiles = Set(found.map { $0.name ?? ColumnNames.name(of: $0.original) })
        var columns: [CrawledColumn] = []
        for folder in folders
        where !inFiles.contains(folder.column) && map.keeps(folder.column)
            && !columns.contains(where: { $0.name == folder.column })
        {
            let values = Set(folders.filter { $0.column == folder.column }.compactMap(\.value))
            let rows = (values.isEmpty ? ["NULL"] : values.map { SQL.literal($0) })
            let relation =
                "(SELECT CAST(unnest([\(rows.joined(separator: ", "))]) AS VARCHAR) AS f0)"
            let types = try ColumnInference(relation: relation, times: settings.format.times).types(
                of: [TextColumn(text: "f0", isTime: isTime(folder.column))],
                on: connection
            )
            columns.append(
                CrawledColumn(
                    original: folder.original,
                    name: folder.column,
                    inferred: types[0],
                    isPartitionKey: true
                )
            )
        }
        return columns
    }
}
