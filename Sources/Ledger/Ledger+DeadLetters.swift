public import Events
import GRDB

/// Which objects are meant: one, or all below a folder.
public struct ObjectChoice: Sendable, Equatable {
    /// The bucket.
    public var bucket: String
    /// The key, or what keys begin with.
    public var key: String
    /// Whether `key` is what keys begin with.
    public var isPrefix: Bool

    /// Reads `bucket/key`, or `bucket/` and `bucket/folder/` for all that is below; nil for text
    /// without a slash.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex else { return nil }
        bucket = String(text[..<slash])
        key = String(text[text.index(after: slash)...])
        isPrefix = key.isEmpty || key.hasSuffix("/")
    }
}

extension Ledger {
    /// Every delivery that is a dead letter, oldest first.
    ///
    /// With `function` and `objects` only those of that function, and of those objects or what stems
    /// from them; a record counts as its object's.
    public func deadLetters(
        function: String? = nil,
        of objects: ObjectChoice? = nil
    ) async throws(LedgerError) -> [DeadLetter] {
        try await read("list dead letters") { db in
            try Self.deadLetters(DeadLetterFilter(function, objects), db)
        }
    }

    /// Queues dead letters again as if they were new: all, or those of a function or of objects.
    ///
    /// A running daemon takes them up when it is told, see `ControlClient` in `Daemon`.
    ///
    /// - Returns: How many there were.
    public func redrive(
        function: String? = nil,
        of objects: ObjectChoice? = nil,
        at now: Int64
    ) async throws(LedgerError) -> Int {
        try await write("queue dead letters again") { db in
            let filter = try DeadLetterFilter(function, objects).checked(db)
            try db.execute(
                sql: """
                    UPDATE deliveries SET state = 'queued', attempts = 0, first_attempt_us = NULL,
                        batch_limit = NULL, ended_at_us = NULL, recorded_at_us = :now
                    WHERE id IN (\(filter.ids))
                    """,
                arguments: filter.arguments + ["now": now]
            )
            let count = db.changesCount
            try WaitingTimes.joinAll(db, now: now)
            return count
        }
    }

    /// Forgets dead letters: all, or those of a function or of objects.
    ///
    /// Their story is kept.
    ///
    /// - Returns: Those that there were, oldest first.
    public func purgeDeadLetters(
        function: String? = nil,
        of objects: ObjectChoice? = nil,
        at now: Int64
    ) async throws(LedgerError) -> [DeadLetter] {
        try await write("forget dead letters") { db in
            let filter = try DeadLetterFilter(function, objects).checked(db)
            let letters = try Self.deadLetters(filter, db)
            try db.execute(
                sql: """
                    UPDATE deliveries SET state = 'purged', ended_at_us = :now
                    WHERE id IN (\(filter.ids))
                    """,
                arguments: filter.arguments + ["now": now]
            )
            return letters
        }
    }

    private static func deadLetters(
        _ filter: DeadLetterFilter,
        _ db: Database
    ) throws -> [DeadLetter] {
        let filter = try filter.checked(db)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT d.trigger_id, d.function, d.table_name, d.error_type,
                    ifnull(d.error_message, ''), d.attempts, d.ended_at_us,
                    (SELECT i.request_id FROM run_items i JOIN runs r USING (request_id)
                        WHERE i.delivery_id = d.id ORDER BY r.started_at_us DESC LIMIT 1),
                    o.bucket, o.key, o.size, o.etag, o.sequencer, o.source_bucket,
                    o.source_key, o.source_size, o.source_etag, o.source_sequencer
                FROM deliveries d LEFT JOIN objects o ON o.id = d.object_id
                WHERE d.id IN (\(filter.ids)) ORDER BY d.ended_at_us, d.id
                """,
            arguments: filter.arguments
        ).map { row in
            DeadLetter(
                trigger: row[0],
                function: row[1],
                table: row[2],
                object: ObjectVersion(row: row, from: 8),
                source: ObjectVersion(row: row, from: 13),
                errorType: row[3],
                errorMessage: row[4],
                attempts: row[5],
                endedAt: row[6],
                requestID: row[7]
            )
        }
    }
}

/// A condition over dead letters.
private struct DeadLetterFilter {
    let function: String?
    let objects: ObjectChoice?
    /// Whether the ledger has records: not one that no daemon has brought up to date yet.
    var hasRecords = true

    init(_ function: String?, _ objects: ObjectChoice?) {
        self.function = function
        self.objects = objects
    }

    func checked(_ db: Database) throws -> DeadLetterFilter {
        var filter = self
        filter.hasRecords = try db.tableExists("records")
        return filter
    }

    var arguments: StatementArguments {
        [
            "function": function, "bucket": objects?.bucket, "key": objects?.key,
            "isPrefix": objects?.isPrefix,
        ]
    }

    /// A query for the ids of deliveries.
    var ids: String {
        let ofRecord = """
            (SELECT e.object_id FROM records r JOIN deliveries e ON e.id = r.delivery_id
                WHERE r.sequencer = l.sequencer AND l.event = 'Destination')
            """
        let object = hasRecords ? "ifnull(l.object_id, \(ofRecord))" : "l.object_id"
        return """
            SELECT l.id FROM deliveries l LEFT JOIN objects o ON o.id = \(object)
            WHERE l.state = 'dead' AND (:function IS NULL OR l.function = :function)
                AND (:bucket IS NULL
                    OR (o.bucket = :bucket AND \(fits("o.key")))
                    OR (o.source_bucket = :bucket AND \(fits("o.source_key"))))
            """
    }

    private func fits(_ column: String) -> String {
        "(\(column) = :key OR (:isPrefix AND substr(\(column), 1, length(:key)) = :key))"
    }
}
