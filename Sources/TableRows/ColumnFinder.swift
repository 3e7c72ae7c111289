public import Buckets
public import Catalog
public import DuckDB
import Events
public import FunctionConfig
public import HandlerRuntime

/// Finds the columns of versions and the narrowest types that hold their values.
public struct ColumnFinder: Sendable {
    private let settings: TableSettings
    private let map: ColumnMap
    private let buckets: BucketsFolder
    private let scratchFolder: String

    /// Looks for columns of a table within the run of a handler.
    public init(settings: TableSettings, context: HandlerContext) {
        self.init(settings, buckets: context.buckets, scratchFolder: context.scratchFolder)
    }

    init(_ settings: TableSettings, buckets: BucketsFolder, scratchFolder: String) {
        self.settings = settings
        self.buckets = buckets
        self.scratchFolder = scratchFolder
        map = ColumnMap(settings)
    }

    /// The columns of a catalog entry with what was found beside them.
    public func merged(
        _ findings: [[CrawledColumn]],
        into entry: TableEntry
    ) -> [TableEntry.KnownColumn] {
        entry.merged(with: findings, given: settings.columns, reserved: map.reserved)
    }

    /// The columns of versions that are written alike.
    ///
    /// - Throws: `VersionRefusal` when the text of a version is gone, `DuckDBError` and
    ///   `BucketsError` when reading itself fails.
    public func columns(
        of manifests: [Manifest],
        on connection: borrowing Connection
    ) throws -> [CrawledColumn] {
        guard let format = manifests.first?.format else { return [] }
        let rowCount = manifests.reduce(0) { $0 + $1.records }
        let found: [CrawledColumn]
        switch format.type {
        case .csv:
            found = try fields(of: manifests, format, rowCount, on: connection)
        case .json:
            let text = try read(manifests, on: connection)
            let inference = JSONInference(
                relation: VersionText.union(text),
                rowCount: rowCount,
                times: settings.format.times,
                map: map,
                timeColumns: settings.timeColumns
            )
            found = try inference.columns(on: connection)
        }
        return found + (try pathColumns(manifests, beside: found, on: connection))
    }

    /// The columns of delimited text; nothing is read where all their types are given.
    private func fields(
        of manifests: [Manifest],
        _ format: RecordFormat,
        _ rowCount: Int,
        on connection: borrowing Connection
    ) throws -> [CrawledColumn] {
        let given = Set(settings.columns.map(\.name))
        let names = map.columns(ofFields: format)
        let inferred = names.indices.filter { names[$0].map { !given.contains($0) } ?? false }
        var types: [Int: InferredType] = [:]
        if !inferred.isEmpty, rowCount > 0 {
            let text = try read(manifests, on: connection)
            let columns = inferred.map {
                TextColumn(text: "f\($0)", isTime: isTime(names[$0]))
            }
            let inference = ColumnInference(
                relation: VersionText.union(text),
                times: settings.format.times,
                rowCount: rowCount
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
            buckets: buckets,
            scratchFolder: scratchFolder,
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
