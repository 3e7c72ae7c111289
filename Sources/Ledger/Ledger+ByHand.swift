public import Events
import GRDB

extension Ledger {
    /// Records that a run by hand begins, with the objects in its event.
    ///
    /// It has no deliveries, so its end, see ``settle(_:at:)``, changes nothing else. The trigger
    /// of `run` is empty.
    public func beginByHand(
        _ run: NewRun,
        objects: [ObjectKey],
        at now: Int64
    ) async throws(LedgerError) {
        try await write("begin a run of \(run.function) by hand") { db in
            try db.execute(
                sql: """
                    INSERT INTO runs (request_id, function, trigger_id, table_name, items,
                        log_path, started_at_us) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    run.requestID, run.function, run.trigger, run.table, max(1, objects.count),
                    run.logPath, now,
                ]
            )
            for object in objects {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO invoked_objects VALUES (?, ?, ?)",
                    arguments: [object.bucket, object.key, run.requestID]
                )
            }
        }
    }

    /// The runs by hand whose event had an object, or what stems from it, newest first.
    public func runsByHand(of object: ObjectKey) async throws(LedgerError) -> [RecordedRun] {
        try await read("list runs by hand of \(object)") { db in
            // A ledger that no daemon has brought up to date yet is only read here.
            guard try db.tableExists("invoked_objects") else { return [] }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RecordedRun.columns) FROM runs r WHERE request_id IN (
                        SELECT request_id FROM invoked_objects WHERE bucket = ?1 AND key = ?2
                        UNION
                        SELECT i.request_id FROM objects o
                        JOIN invoked_objects i ON i.bucket = o.bucket AND i.key = o.key
                        WHERE o.source_bucket = ?1 AND o.source_key = ?2)
                    ORDER BY started_at_us DESC
                    """,
                arguments: [object.bucket, object.key]
            ).map(RecordedRun.init(row:))
        }
    }
}
