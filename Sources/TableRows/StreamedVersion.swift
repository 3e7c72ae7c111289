public import Buckets
public import DuckDB
public import Events
public import HandlerRuntime

/// A version whose good rows can be written while its records are looked at for the first time.
///
/// Reading text costs as much as sending it to a server. A writer that can take back what it wrote
/// needs no look before: it counts what comes, and asks ``TableReader/settled(_:inserted:on:)`` what
/// the figures mean before it commits.
public struct StreamedVersion: Sendable {
    /// The version.
    public let manifest: Manifest
    /// SQL of the good rows of each chunk, like `PreparedVersion.relation`.
    public let parts: [String]
}

extension TableReader {
    /// The versions for writing them at once, and the table's columns; nil where one of them needs a
    /// look before: its records are not all of one shape, it has none, its rows must be numbered or
    /// transformed, or they could belong to more partitions than `maxPartitions` allows.
    ///
    /// - Throws: `HandlerError` when the table has not the columns that its settings need.
    public func streamed(
        _ manifests: [Manifest]
    ) throws(HandlerError) -> (columns: [ColumnType.Field], versions: [StreamedVersion])? {
        guard transform == nil, !numbersRows else { return nil }
        let columns = try withComputed(fields)
        var versions: [StreamedVersion] = []
        for manifest in manifests {
            guard manifest.records > 0, counter.isPlain(manifest),
                !canHaveTooManyPartitions(manifest.records)
            else { return nil }
            let plan = plan(manifest)
            let parts = counter.paths(manifest).map { path in
                let chunk = ChunkText.relation([path], format: manifest.format)
                let good = "(SELECT * FROM \(plan.typed(over: chunk)) WHERE \"#bad\" IS NULL)"
                return relation(over: good, columns: fields, [manifest.source])
            }
            versions.append(StreamedVersion(manifest: manifest, parts: parts))
        }
        return (columns, versions)
    }

    /// What it means that of a version so many rows of each chunk were written.
    ///
    /// All of them: the version is good. Fewer: every record is looked at again, bad ones go to
    /// quarantine, and `onError` decides.
    ///
    /// - Returns: The version with its figures; nil when the rows written are not the good ones.
    /// - Throws: `VersionRefusal`; `DuckDBError` or `BucketsError` when reading fails.
    public func settled(
        _ version: StreamedVersion,
        inserted: [Int],
        on connection: borrowing Connection
    ) throws -> PreparedVersion? {
        let manifest = version.manifest
        if inserted == manifest.chunks.map(\.records) {
            try quarantine(of: manifest).remove()
            return PreparedVersion(
                manifest: manifest,
                rows: manifest.records,
                rejected: 0,
                relation: ""
            )
        }
        let prepared = try prepare([manifest], on: connection)
        if let refusal = prepared.refusals.first { throw refusal }
        return prepared.versions.first { $0.rows == inserted.reduce(0, +) }
    }
}
