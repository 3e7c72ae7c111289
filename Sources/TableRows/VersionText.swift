public import Buckets
import Catalog
public import DuckDB
import Events
public import FunctionConfig

/// One version's records as text, those that are none left out: what `crawl` looks at.
///
/// Rows are the same that `TableReader` reads.
public struct VersionText {
    /// The version.
    public var manifest: Manifest
    /// SQL of a relation with the fields as text, `f0`, `f1` and so on; JSON is all in `f0`.
    public var relation: String

    /// Reads versions, the fast way where that sees what `split` saw.
    ///
    /// `scratchFolder` keeps what had to be rewritten, for as long as the relations are used.
    ///
    /// - Throws: `VersionRefusal` when a version's text is gone, `DuckDBError` and `BucketsError`
    ///   when reading itself fails.
    public static func read(
        _ manifests: [Manifest],
        buckets: BucketsFolder,
        scratchFolder: String,
        on connection: borrowing Connection
    ) throws -> [VersionText] {
        let counter = ChunkCounter(buckets: buckets) { _ in ColumnPlan(columns: []) }
        let counted = try counter.countWholeGroups(manifests, on: connection)
        return try manifests.map { manifest in
            try counter.checkChunks(manifest)
            if counted[manifest.source] == true || manifest.records == 0 {
                return VersionText(
                    manifest: manifest,
                    relation: counter.wholeChunks(manifest)
                )
            }
            let located = try LocatedRecords(
                manifest,
                buckets: buckets,
                scratchFolder: scratchFolder
            ) { _ in }
            return VersionText(manifest: manifest, relation: located.relation)
        }
    }

    /// The names in the table of the fields of delimited text, in their order.
    public static func names(ofFields format: RecordFormat, settings: TableSettings) -> [String] {
        ColumnPlan.names(ofFields: format, settings: settings)
    }

    /// SQL of one relation over versions that have the same fields.
    public static func union(_ versions: [VersionText]) -> String {
        let fields = (0..<(versions.first?.manifest.format.fields ?? 1)).map { "f\($0)" }
        let selects = versions.map {
            "SELECT \(fields.joined(separator: ", ")) FROM \($0.relation)"
        }
        return "(\(selects.joined(separator: " UNION ALL ")))"
    }
}

/// SQL over the members of JSON objects, each document parsed once.
public struct JSONMembersText {
    private let members: JSONMembers

    /// Takes the names of members; all are read as text but `nested` ones, which stay JSON.
    public init(names: [String], nested: Set<String>) {
        members = JSONMembers(
            names.map { name in
                let type: ColumnType = nested.contains(name) ? .array(.void) : .string
                return TableEntry.KnownColumn(name: name, originals: [name], given: type)
            }
        )
    }

    /// SQL of a relation with the documents that are objects.
    public func relation(over text: String) -> String {
        "(SELECT * FROM \(members.relation(over: text)) WHERE is_object)"
    }

    /// SQL of a member's text over ``relation(over:)``.
    public func text(_ name: String) -> String {
        members.text(TableEntry.KnownColumn(name: name, originals: [name], given: .string))
    }
}
