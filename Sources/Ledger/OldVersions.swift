import Events
import GRDB

/// Versions that newer ones have replaced in every table, and with which all is over.
struct OldVersions {
    let rules: PruningRules
    var after: Int64 = 0

    /// The versions among the next few, and where to go on; nil at the end.
    func find(_ db: Database) throws -> (ids: [Int64], next: Int64?) {
        let last = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM (SELECT id FROM objects WHERE id > ? ORDER BY id
                    LIMIT \(Ledger.pruningStep))
                """,
            arguments: [after]
        )
        guard let last else { return ([], nil) }
        let ids = try Int64.fetchAll(
            db,
            sql: "SELECT o.id FROM objects o WHERE o.id > :after AND o.id <= :last AND \(isOld)",
            arguments: arguments + ["after": after, "last": last]
        )
        return (ids, last)
    }

    /// Whether it still is one.
    func isOld(_ id: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM objects o WHERE o.id = :id AND \(isOld))",
            arguments: arguments + ["id": id]
        ) ?? false
    }

    /// Removes a version without deliveries; one whose file is there, or from which something stems,
    /// is only marked.
    func removeOrMark(_ id: Int64, _ db: Database, now: Int64) throws {
        try db.execute(
            sql: """
                DELETE FROM objects WHERE id IN
                    (SELECT o.id FROM objects o WHERE o.id = :id AND \(isRemovable))
                """,
            arguments: ["id": id, "cutoff": rules.cutoff]
        )
        try db.execute(
            sql: "UPDATE objects SET pruned_at_us = ? WHERE id = ? AND pruned_at_us IS NULL",
            arguments: [now, id]
        )
    }

    private var arguments: StatementArguments {
        ["cutoff": rules.cutoff, "tables": rules.cumulativeTables.jsonArray]
    }

    /// Whether nothing more is to be known of a version `o` that is old.
    private var isRemovable: String {
        """
        CASE WHEN o.bucket = 'stage-2' THEN ifnull(o.deleted_at_us < :cutoff, 0)
        ELSE NOT EXISTS (SELECT 1 FROM objects n WHERE n.source_bucket = o.bucket
            AND n.source_key = o.key AND n.source_sequencer = o.sequencer AND n.id <> o.id) END
        """
    }

    /// Whether a version `o` is one: a newer one of its key is there, or, of a manifest, one of a
    /// newer version of the file with which every function was done.
    private var isOld: String {
        """
        (o.pruned_at_us IS NULL OR \(isRemovable))
        AND CASE WHEN o.bucket = 'stage-2' THEN
            o.table_name NOT IN (SELECT value FROM json_each(:tables))
            AND EXISTS (SELECT 1 FROM objects n
                WHERE n.source_bucket = o.source_bucket AND n.source_key = o.source_key
                    AND n.source_sequencer > o.source_sequencer AND n.bucket = 'stage-2'
                    AND (n.pruned_at_us IS NOT NULL
                        OR EXISTS (SELECT 1 FROM deliveries d WHERE d.object_id = n.id))
                    AND NOT EXISTS (SELECT 1 FROM deliveries d
                        WHERE d.object_id = n.id AND d.state <> 'done'))
        ELSE EXISTS (SELECT 1 FROM objects n WHERE n.bucket = o.bucket AND n.key = o.key
            AND n.sequencer > o.sequencer) END
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.object_id = o.id
            AND (d.state IN ('queued', 'running', 'waiting', 'dead') OR d.ended_at_us >= :cutoff
                OR EXISTS (SELECT 1 FROM records r WHERE r.delivery_id = d.id)))
        """
    }
}

extension [String] {
    /// The texts as a JSON array, for SQLite's `json_each`.
    fileprivate var jsonArray: String {
        let value = JSONValue.array(map { .string($0) })
        return (try? JSONText.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}
