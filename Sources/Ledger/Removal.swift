import Events
import GRDB

/// A removal that takes the rows of a key's older versions out of their table.
enum Removal {
    /// SQL that holds for a row of `deliveries` that belongs to a removal or to its manifest, which
    /// is of no bytes.
    static let isDelivery = """
        (EXISTS (SELECT 1 FROM removals r WHERE r.sequencer = deliveries.sequencer)
            OR EXISTS (SELECT 1 FROM objects o WHERE o.id = deliveries.object_id
                AND o.bucket = 'stage-2' AND o.source_etag = ''))
        """

    /// Notes a removal.
    static func record(
        _ key: ObjectKey,
        _ sequencer: Sequencer,
        _ cause: RecordedRemoval.Cause,
        _ db: Database,
        now: Int64
    ) throws {
        try db.cachedStatement(sql: "INSERT INTO removals VALUES (?, ?, ?, ?, ?)").execute(
            arguments: [sequencer.column, key.bucket, key.key, cause.rawValue, now]
        )
    }

    /// The newest removal of a key, also one that only its manifest tells of.
    static func newest(of key: ObjectKey, _ db: Database) throws -> Sequencer? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT max(sequencer) FROM (
                    SELECT sequencer FROM removals WHERE bucket = ? AND key = ?
                    UNION ALL SELECT source_sequencer FROM objects
                        WHERE source_bucket = ? AND source_key = ? AND source_etag = '')
                """
        )
        let number = try Int64.fetchOne(
            statement,
            arguments: [key.bucket, key.key, key.bucket, key.key]
        )
        return number.map { Sequencer(column: $0) }
    }
}

extension NewestVersion {
    /// The newest version of a key of which only manifests are recorded, as that of a deleted file.
    static func restore(_ key: ObjectKey, _ db: Database, now: Int64) throws -> NewestVersion? {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO objects (bucket, key, sequencer, etag, size, table_name,
                    source_bucket, source_key, source_sequencer, source_etag, source_size, inode,
                    modified_ns, changed_ns, checked_at_us, noticed_by, noticed_at_us, hop,
                    deleted_at_us)
                SELECT source_bucket, source_key, source_sequencer, source_etag, source_size,
                    table_name, source_bucket, source_key, source_sequencer, source_etag,
                    source_size, 0, 0, 0, 0, 'scan', ?, 0, ?
                FROM objects
                WHERE bucket = 'stage-2' AND source_bucket = ? AND source_key = ?
                    AND source_etag <> ''
                ORDER BY source_sequencer DESC LIMIT 1
                """,
            arguments: [now, now, key.bucket, key.key]
        )
        return try find(key, db)
    }
}
