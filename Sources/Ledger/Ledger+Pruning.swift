import Events
import GRDB

/// What may be forgotten.
public struct PruningRules: Sendable, Equatable {
    /// What ended before may go, in microseconds since 1970.
    public var cutoff: Int64
    /// The tables in which older versions of a file count: what was done with them is kept.
    public var cumulativeTables: [String]

    /// Lets go what ended before `cutoff`.
    public init(before cutoff: Int64, cumulativeTables: [String]) {
        self.cutoff = cutoff
        self.cumulativeTables = cumulativeTables
    }
}

extension Ledger {
    /// How much is looked at or removed in one transaction.
    static let pruningStep = 500

    /// How many pages of the file are given back at once.
    private static let pagesAtOnce = 4000

    /// Forgets runs that ended before the cutoff, one small transaction's worth.
    ///
    /// Kept are those of open deliveries and dead letters, and the last of each schedule.
    ///
    /// - Returns: How many went; 0 when nothing is left to go.
    public func pruneRuns(_ rules: PruningRules) async throws(LedgerError) -> Int {
        try await write("forget old runs") { db in
            let runs = try String.fetchAll(
                db,
                sql: """
                    SELECT r.request_id FROM runs r WHERE r.ended_at_us < ?
                        AND NOT EXISTS (SELECT 1 FROM run_items i
                            JOIN deliveries d ON d.id = i.delivery_id
                            WHERE i.request_id = r.request_id
                                AND (\(Self.isKept("d")) OR \(Self.isNewestTime("d"))))
                        AND NOT EXISTS (SELECT 1 FROM deliveries d
                            WHERE d.cause = r.request_id AND \(Self.isKept("d")))
                    ORDER BY r.ended_at_us LIMIT \(Self.pruningStep)
                    """,
                arguments: [rules.cutoff]
            )
            for run in runs {
                for sql in [
                    "UPDATE deliveries SET cause = NULL WHERE cause = ?",
                    "DELETE FROM run_items WHERE request_id = ?",
                    "DELETE FROM invoked_objects WHERE request_id = ?",
                    "DELETE FROM runs WHERE request_id = ?",
                ] { try db.cachedStatement(sql: sql).execute(arguments: [run]) }
            }
            return runs.count
        }
    }

    /// Forgets records that were delivered, and what functions did with them, likewise.
    public func pruneRecords(_ rules: PruningRules) async throws(LedgerError) -> Int {
        try await write("forget old records") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT r.sequencer, d.id FROM records r LEFT JOIN deliveries d
                        ON d.trigger_id = r.trigger_id AND d.event = 'Destination'
                            AND d.sequencer = r.sequencer
                    WHERE r.recorded_at_us < ?1 AND r.delivered_at_us IS NOT NULL
                        AND (d.id IS NULL OR (NOT \(Self.isKept("d")) AND d.ended_at_us < ?1
                            AND NOT EXISTS (SELECT 1 FROM records o WHERE o.delivery_id = d.id)))
                    ORDER BY r.sequencer LIMIT \(Self.pruningStep)
                    """,
                arguments: [rules.cutoff]
            )
            for row in rows {
                try db.cachedStatement(sql: "DELETE FROM records WHERE sequencer = ?")
                    .execute(arguments: [row[0] as Int64])
                if let delivery: Int64 = row[1] { try Self.remove(delivery: delivery, db) }
            }
            return rows.count
        }
    }

    /// Forgets times of schedules that are dealt with, but for the newest of each, likewise.
    public func pruneTimes(_ rules: PruningRules) async throws(LedgerError) -> Int {
        try await write("forget old times of schedules") { db in
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT d.id FROM deliveries d
                    WHERE d.object_id IS NULL AND d.ended_at_us < ? AND d.event = 'Scheduled'
                        AND NOT \(Self.isKept("d")) AND NOT \(Self.isNewestTime("d"))
                        AND NOT EXISTS (SELECT 1 FROM records o WHERE o.delivery_id = d.id)
                    LIMIT \(Self.pruningStep)
                    """,
                arguments: [rules.cutoff]
            )
            for id in ids { try Self.remove(delivery: id, db) }
            return ids.count
        }
    }

    /// Forgets what was done with versions that newer ones have replaced, and such versions where
    /// nothing stems from them any more.
    ///
    /// The newest version of each key stays, deleted or not: it tells whether bytes are new.
    ///
    /// - Parameters:
    ///   - rules: What may go.
    ///   - place: Where to go on, as the call before returned it; 0 at first.
    ///   - now: Microseconds since 1970.
    /// - Returns: How many versions were concerned, and where to go on; nil at the end.
    /// - Throws: `LedgerError`.
    public func pruneVersions(
        _ rules: PruningRules,
        after place: Int64,
        at now: Int64
    ) async throws(LedgerError) -> (count: Int, next: Int64?) {
        let found = try await read("look for old versions") { db in
            try OldVersions(rules: rules, after: place).find(db)
        }
        guard !found.ids.isEmpty else { return (0, found.next) }
        try await write("forget old versions") { db in
            // Looked at again: something may have come about meanwhile.
            for id in found.ids where try OldVersions(rules: rules).isOld(id, db) {
                let deliveries = try Int64.fetchAll(
                    db.cachedStatement(sql: "SELECT id FROM deliveries WHERE object_id = ?"),
                    arguments: [id]
                )
                for delivery in deliveries { try Self.remove(delivery: delivery, db) }
                try OldVersions(rules: rules).removeOrMark(id, db, now: now)
            }
        }
        return (found.ids.count, found.next)
    }

    /// Gives some of the room that is free within the file back to the file system, and copies the
    /// write-ahead log into the file unless somebody reads from it.
    ///
    /// Others that write wait meanwhile, so it is a little at a time. A file that an earlier version
    /// made is written anew once, for which it takes twice its room.
    ///
    /// - Returns: Whether there is more to be given back.
    public func giveBackRoom() async throws(LedgerError) -> Bool {
        try await writeAlone("give back room") { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            guard free > 256, free > pages / 8 else {
                try Self.copyJournal(db)
                return false
            }
            if try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2 {
                // Every row that it returns is a page that has been moved.
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(Self.pagesAtOnce))")
            } else {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try db.execute(sql: "VACUUM")
            }
            return try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 < free
        }
    }

    /// See "Checkpointing" in SQLite's documentation of its write-ahead log.
    private static func copyJournal(_ db: Database) throws {
        // A reader would be waited for, and everybody who writes would wait, too.
        let patience = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
        _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// A number of the ledger's settings, such as when it was pruned last; nil before it was kept.
    public func number(_ name: String) async throws(LedgerError) -> Int64? {
        try await read("read \(name)") { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT value FROM settings WHERE name = ?",
                arguments: [name]
            )
        }
    }

    /// Keeps a number of the ledger's settings.
    public func keep(_ name: String, _ value: Int64) async throws(LedgerError) {
        try await write("keep \(name)") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                arguments: [name, value]
            )
        }
    }

    /// The runs that are kept although they ended before a time, and those that have not ended.
    public func runs(endedBefore time: Int64) async throws(LedgerError) -> Set<String> {
        try await read("list runs that are kept") { db in
            try String.fetchSet(
                db,
                sql: "SELECT request_id FROM runs WHERE ended_at_us < ? OR ended_at_us IS NULL",
                arguments: [time]
            )
        }
    }

    /// Whether a delivery is open or a dead letter.
    private static func isKept(_ delivery: String) -> String {
        "(\(delivery).state IN ('queued', 'running', 'waiting', 'dead'))"
    }

    private static func isNewestTime(_ delivery: String) -> String {
        """
        (\(delivery).event = 'Scheduled' AND \(delivery).sequencer = (SELECT max(s.sequencer)
            FROM deliveries s WHERE s.trigger_id = \(delivery).trigger_id AND s.event = 'Scheduled'))
        """
    }

    private static func remove(delivery: Int64, _ db: Database) throws {
        for sql in [
            "DELETE FROM run_items WHERE delivery_id = ?", "DELETE FROM deliveries WHERE id = ?",
        ] { try db.cachedStatement(sql: sql).execute(arguments: [delivery]) }
    }
}
