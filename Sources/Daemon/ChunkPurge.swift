import Buckets
import Events
import Ledger

/// Removes the chunks of versions whose manifests are done with; the manifests stay.
struct ChunkPurge: Sendable {
    let buckets: BucketsFolder
    let ledger: Ledger

    /// Purges a table, all that is due.
    func purge(table: String) async throws {
        for version in try await ledger.manifestsToPurge(ofTables: [table]) {
            // A manifest that is gone, or was never one, has no chunks that anybody could name.
            if let manifest = try? Manifest(path: buckets.path(of: version.objectKey)) {
                for chunk in manifest.chunks {
                    for key in [chunk.key, chunk.lines].compactMap(\.self) {
                        try FilePath.removeTree(
                            buckets.path(of: ObjectKey(bucket: version.bucket, key: key))
                        )
                    }
                }
            }
            try await ledger.purged(version, at: UTCTime.nowMicroseconds())
        }
    }
}
