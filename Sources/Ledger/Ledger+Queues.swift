public import Events
import GRDB

/// What is left to do of one function.
public struct FunctionQueue: Sendable, Equatable {
    /// Deliveries that wait for their turn.
    public var queued = 0
    /// When the oldest of them was recorded, in microseconds since 1970.
    public var oldestAt: Int64?
    /// Deliveries that wait for another try.
    public var waiting = 0
    /// When the first of them is due, in microseconds since 1970.
    public var nextDueAt: Int64?

    /// Nothing is left.
    public init() {}
}

/// A function, for one table or all, that answered "not now" and is tried again later.
public struct RecordedPause: Sendable, Equatable {
    /// The function.
    public var function: String
    /// The table; nil for all.
    public var table: String?
    /// When it answered so first, in microseconds since 1970.
    public var since: Int64
    /// When the next run tries again; nil while one does, and when nobody will before `sluice up`
    /// starts again.
    public var retryAt: Int64?
    /// What it answered, in a word.
    public var errorType: String?
    /// What it answered.
    public var errorMessage: String?

    /// Puts a pause together.
    public init(
        function: String,
        table: String?,
        since: Int64,
        retryAt: Int64?,
        errorType: String?,
        errorMessage: String?
    ) {
        self.function = function
        self.table = table
        self.since = since
        self.retryAt = retryAt
        self.errorType = errorType
        self.errorMessage = errorMessage
    }
}

extension Ledger {
    /// What is left to do, by function.
    public func queues() async throws(LedgerError) -> [String: FunctionQueue] {
        try await read("list the queues") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT function, state, count(*), min(recorded_at_us), min(due_at_us)
                    FROM deliveries WHERE state IN ('queued', 'waiting') GROUP BY function, state
                    """
            )
            var queues: [String: FunctionQueue] = [:]
            for row in rows {
                let function: String = row[0]
                if row[1] == "queued" {
                    queues[function, default: .init()].queued = row[2]
                    queues[function]?.oldestAt = row[3]
                } else {
                    queues[function, default: .init()].waiting = row[2]
                    queues[function]?.nextDueAt = row[4]
                }
            }
            return queues
        }
    }

    /// The runs that have not ended, oldest first.
    public func runningRuns() async throws(LedgerError) -> [RecordedRun] {
        try await read("list running runs") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RecordedRun.columns) FROM runs r WHERE ended_at_us IS NULL
                    ORDER BY started_at_us
                    """
            ).map(RecordedRun.init(row:))
        }
    }

    /// The functions that are paused, as the daemon last told.
    public func pauses() async throws(LedgerError) -> [RecordedPause] {
        try await read("list pauses") { db in
            // A ledger that no daemon has brought up to date yet is only read here.
            guard try db.tableExists("pauses") else { return [] }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT function, table_name, since_us, retry_at_us, error_type, error_message
                    FROM pauses ORDER BY since_us
                    """
            )
            return rows.map { row in
                let table: String = row[1]
                return RecordedPause(
                    function: row[0],
                    table: table.isEmpty ? nil : table,
                    since: row[2],
                    retryAt: row[3],
                    errorType: row[4],
                    errorMessage: row[5]
                )
            }
        }
    }

    /// Notes which functions are paused, in place of what was noted before.
    public func keep(pauses: [RecordedPause]) async throws(LedgerError) {
        try await write("note pauses") { db in
            try db.execute(sql: "DELETE FROM pauses")
            for pause in pauses {
                try db.execute(
                    sql: "INSERT INTO pauses VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        pause.function, pause.table ?? "", pause.since, pause.retryAt,
                        pause.errorType, pause.errorMessage,
                    ]
                )
            }
        }
    }
}
