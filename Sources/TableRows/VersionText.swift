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

    /// SQL of one relation over versions that have the same fields.
    static func union(_ versions: [VersionText]) -> String {
        let fields = (0..<(versions.first?.manifest.format.fields ?? 1)).map { "f\($0)" }
        let selects = versions.map {
            "SELECT \(fields.joined(separator: ", ")) FROM \($0.relation)"
        }
        return "(\(selects.joined(separator: " UNION ALL ")))"
    }
}
