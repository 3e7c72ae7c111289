public import Events
import GRDB

extension Ledger {
    /// Manifests of `tables` that are done with: each delivery that they triggered has succeeded,
    /// and their chunks are not purged yet.
    public func manifestsToPurge(
        ofTables tables: [String]
    ) async throws(LedgerError) -> [ObjectVersion] {
        try await read("list finished manifests") { db in
            try tables.flatMap { table in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT bucket, key, size, etag, sequencer FROM objects o
                        WHERE table_name = ? AND bucket = 'stage-2' AND purged_at_us IS NULL
                            AND source_bucket <> 'stage-2'
                            AND EXISTS (SELECT 1 FROM deliveries d WHERE d.object_id = o.id)
                            AND NOT EXISTS (SELECT 1 FROM deliveries d
                                WHERE d.object_id = o.id AND d.state <> 'done')
                        ORDER BY sequencer
                        """,
                    arguments: [table]
                ).compactMap { ObjectVersion(row: $0, from: 0) }
            }
        }
    }

    /// Notes that the chunks of a manifest are gone.
    public func purged(_ manifest: ObjectVersion, at now: Int64) async throws(LedgerError) {
        try await write("note purged chunks") { db in
            try db.execute(
                sql: "UPDATE objects SET purged_at_us = ? WHERE sequencer = ?",
                arguments: [now, manifest.sequencer.column]
            )
        }
    }
}
