import Events
import GRDB

/// A run as it begins.
public struct NewRun: Sendable, Equatable {
    /// The request id, a UUID.
    public var requestID: String
    /// The function.
    public var function: String
    /// The trigger.
    public var trigger: String
    /// The table; empty when the run has none.
    public var table: String
    /// The path of its log.
    public var logPath: String

    /// Puts a run together.
    public init(
        requestID: String,
        function: String,
        trigger: String,
        table: String,
        logPath: String
    ) {
        self.requestID = requestID
        self.function = function
        self.trigger = trigger
        self.table = table
        self.logPath = logPath
    }
}

extension Ledger {
    /// Every delivery that has to be run, smallest source sequencer first.
    public func pending() async throws(LedgerError) -> [PendingDelivery] {
        try await read("list what is queued") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(PendingDelivery.columns) FROM deliveries
                    WHERE state IN ('queued', 'waiting') ORDER BY order_sequencer, id
                    """
            ).map { try PendingDelivery(row: $0) }
        }
    }

    /// Gives deliveries to a new run.
    ///
    /// The lease is on disk before this returns. Deliveries that are no longer queued or waiting
    /// are left out; when none remains, there is no run.
    public func begin(
        _ run: NewRun,
        deliveries: [Int64],
        at now: Int64
    ) async throws(LedgerError) -> [LeasedDelivery] {
        try await write("begin a run of \(run.function)") { db in
            var seen: Set<Int64> = []
            let open = try deliveries.filter { id in
                guard seen.insert(id).inserted else { return false }
                let statement = try db.cachedStatement(
                    sql: "SELECT state IN ('queued', 'waiting') FROM deliveries WHERE id = ?"
                )
                return try Bool.fetchOne(statement, arguments: [id]) ?? false
            }
            guard !open.isEmpty else { return [] }
            try db.cachedStatement(
                sql: """
                    INSERT INTO runs (request_id, function, trigger_id, table_name, items,
                        log_path, started_at_us) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    run.requestID, run.function, run.trigger, run.table, open.count, run.logPath,
                    now,
                ]
            )
            for id in open {
                try db.cachedStatement(
                    sql: """
                        UPDATE deliveries SET state = 'running', request_id = ?, due_at_us = NULL,
                            first_attempt_us = ifnull(first_attempt_us, ?) WHERE id = ?
                        """
                ).execute(arguments: [run.requestID, now, id])
                try db.cachedStatement(
                    sql: "INSERT INTO run_items (request_id, delivery_id) VALUES (?, ?)"
                ).execute(arguments: [run.requestID, id])
            }
            return try open.compactMap { try LeasedDelivery.find($0, db) }
        }
    }

    /// The request ids of runs that have not ended: those of a daemon that died.
    public func unfinishedRuns() async throws(LedgerError) -> [String] {
        try await read("list unfinished runs") { db in
            try String.fetchAll(
                db,
                sql: "SELECT request_id FROM runs WHERE ended_at_us IS NULL ORDER BY started_at_us"
            )
        }
    }

    /// Ends every unfinished run as interrupted and queues its deliveries again, uncounted.
    ///
    /// To be called at start, once no process of those runs is left.
    ///
    /// - Returns: How many runs there were.
    @discardableResult
    public func requeueInterrupted(at now: Int64) async throws(LedgerError) -> Int {
        try await write("queue interrupted runs again") { db in
            try db.execute(
                sql: """
                    UPDATE run_items SET outcome = 'interrupted' WHERE outcome IS NULL;
                    UPDATE deliveries SET state = 'queued', request_id = NULL
                        WHERE state = 'running';
                    """
            )
            try db.execute(
                sql: """
                    UPDATE runs SET ended_at_us = ?, outcome = 'interrupted'
                    WHERE ended_at_us IS NULL
                    """,
                arguments: [now]
            )
            let count = db.changesCount
            try WaitingTimes.joinAll(db, now: now)
            return count
        }
    }
}

extension LeasedDelivery {
    static func find(_ id: Int64, _ db: Database) throws -> LeasedDelivery? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT d.id, d.trigger_id, d.function, d.event, d.table_name, d.order_sequencer,
                    d.bytes, d.recorded_at_us, d.due_at_us, d.batch_limit, d.sequencer, d.hop,
                    d.attempts, ifnull(d.first_attempt_us, 0), d.catalog_version, d.cause,
                    o.bucket, o.key, o.size, o.etag, o.sequencer, o.source_bucket, o.source_key,
                    o.source_size, o.source_etag, o.source_sequencer,
                    d.event = 'ObjectRemoved:Delete'
                        AND d.sequencer IN (SELECT sequencer FROM removals),
                    d.replay
                FROM deliveries d LEFT JOIN objects o ON o.id = d.object_id WHERE d.id = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [id]).map { try LeasedDelivery(row: $0) }
    }

    init(row: Row) throws {
        self.init(
            pending: try PendingDelivery(row: row),
            object: ObjectVersion(row: row, from: 16),
            source: ObjectVersion(row: row, from: 21),
            sequencer: Sequencer(column: row[10]),
            hop: row[11],
            attempts: row[12],
            firstAttempt: row[13],
            catalogVersion: row[14],
            cause: row[15],
            isRetraction: row[26],
            replay: (row[27] as Int64?).map { Sequencer(column: $0) }
        )
    }
}

extension ObjectVersion {
    /// Reads bucket, key, size, etag and sequencer from a column on; nil when they are null.
    init?(row: Row, from column: Int) {
        guard let bucket: String = row[column] else { return nil }
        self.init(
            bucket: bucket,
            key: row[column + 1],
            size: row[column + 2],
            eTag: row[column + 3],
            sequencer: Sequencer(column: row[column + 4])
        )
    }
}
