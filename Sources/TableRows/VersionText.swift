import Buckets
import DuckDB
import Events

/// One version's records as text, those that are none left out: what `crawl` looks at.
///
/// Rows are the same that `TableReader` reads.
struct VersionText {
    /// The version.
    var manifest: Manifest
    /// SQL of a relation with the fields as text, `f0`, `f1` and so on; JSON is all in `f0`.
    var relation: String
    /// The files that the relation reads as they are; nil where the records had to be rewritten.
    private var files: [String]?

    /// Reads versions, the fast way where that sees what `split` saw.
    ///
    /// `scratchFolder` keeps what had to be rewritten, for as long as the relations are used.
    ///
    /// - Throws: `VersionRefusal` when a version's text is gone, `DuckDBError` and `BucketsError`
    ///   when reading itself fails.
    static func read(
        _ manifests: [Manifest],
        buckets: BucketsFolder,
        scratchFolder: String,
        on connection: borrowing Connection
    ) throws -> [VersionText] {
        let counter = ChunkCounter(buckets: buckets) { _ in ColumnPlan(columns: []) }
        let counted = try counter.countWholeGroups(manifests, on: connection)
        return try manifests.map { manifest in
            try counter.checkChunks(manifest)
            if counted[manifest.source]?.isGood == true || manifest.records == 0 {
                return VersionText(
                    manifest: manifest,
                    relation: counter.wholeChunks(manifest),
                    files: counter.paths(manifest)
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

    /// SQL of one relation over versions that have the same fields.
    static func union(_ versions: [VersionText]) -> String {
        let fields = (0..<(versions.first?.manifest.format.fields ?? 1)).map { "f\($0)" }
        // One reader of many files is ten times as fast as many readers.
        var relations: [String] = []
        var whole: [(format: RecordFormat, files: [String])] = []
        for version in versions {
            let format = version.manifest.format
            if let files = version.files {
                if let index = whole.firstIndex(where: { $0.format == format }) {
                    whole[index].files += files
                } else {
                    whole.append((format, files))
                }
            } else {
                relations.append(version.relation)
            }
        }
        for (format, files) in whole {
            relations.append(
                files.isEmpty
                    ? ChunkText.empty(format) : ChunkText.relation(files, format: format)
            )
        }
        let selects = relations.map { "SELECT \(fields.joined(separator: ", ")) FROM \($0)" }
        return "(\(selects.joined(separator: " UNION ALL ")))"
    }
}
