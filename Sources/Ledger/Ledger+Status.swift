import Events
import GRDB

extension Ledger {
    /// How much there is of everything.
    public func status() async throws(LedgerError) -> LedgerStatus {
        try await read("count what there is") { db in
            var status = LedgerStatus()
            status.objects =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM (SELECT 1 FROM objects GROUP BY bucket, key
                            HAVING sum(deleted_at_us IS NULL) > 0)
                        """
                ) ?? 0
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT function, table_name, state, count(*) FROM deliveries
                    GROUP BY function, table_name, state
                    """
            )
            for row in rows {
                let function: String = row[0]
                let table: String = row[1]
                let state: String = row[2]
                let count: Int = row[3]
                status.functions[function, default: .init()].add(count, state)
                if !table.isEmpty { status.tables[table, default: .init()].add(count, state) }
            }
            for counts in status.functions.values {
                status.queued += counts.queued
                status.running += counts.running
                status.waiting += counts.waiting
            }
            // A version that two functions gave up is one dead letter.
            for row in try Row.fetchAll(db, sql: Self.deadVersions) {
                let table: String = row[0]
                let count: Int = row[1]
                status.deadLetters += count
                if !table.isEmpty { status.tables[table]?.deadLetters = count }
            }
            return status
        }
    }

    private static let deadVersions = """
        SELECT d.table_name, count(DISTINCT ifnull(o.source_sequencer, d.sequencer))
        FROM deliveries d LEFT JOIN objects o ON o.id = d.object_id
        WHERE d.state = 'dead' GROUP BY d.table_name
        """

    /// Files and folders whose names cannot be keys, with the reason, by path.
    public func refusedNames() async throws(LedgerError) -> [String: String] {
        try await read("list refused names") { db in
            let rows = try Row.fetchAll(db, sql: "SELECT path, reason FROM refused_names")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    /// Forgets all refused names, because a scan is about to find them anew.
    public func forgetRefusedNames() async throws(LedgerError) {
        try await write("forget refused names") { try $0.execute(sql: "DELETE FROM refused_names") }
    }

    /// Forgets refused names that are none any more.
    public func forgetRefused(paths: [String]) async throws(LedgerError) {
        try await write("forget \(paths.count) refused names") { db in
            for path in paths {
                try db.execute(
                    sql: "DELETE FROM refused_names WHERE path = ?",
                    arguments: [path]
                )
            }
        }
    }

    /// Keeps a name that cannot be a key, for `sluice status`.
    public func refuse(path: String, reason: String) async throws(LedgerError) {
        try await write("keep a refused name") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO refused_names (path, reason) VALUES (?, ?)",
                arguments: [path, reason]
            )
        }
    }

    /// How what a run works on came about: keys and functions in turn, from what came from outside,
    /// or from `limit` runs back, to the function of that run.
    public func chain(
        endingIn requestID: String,
        limit: Int
    ) async throws(LedgerError) -> [String] {
        try await read("follow run \(requestID) back") { db in
            var chain: [String] = []
            var next: String? = requestID
            while let run = next, chain.count < limit * 2 {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT d.function, ifnull(o.bucket || '/' || o.key, d.trigger_id),
                            CASE WHEN o.id IS NULL THEN d.cause ELSE o.caused_by END
                        FROM run_items i JOIN deliveries d ON d.id = i.delivery_id
                        LEFT JOIN objects o ON o.id = d.object_id
                        WHERE i.request_id = ? ORDER BY d.hop DESC LIMIT 1
                        """,
                    arguments: [run]
                )
                guard let row else { break }
                chain += [row[0], row[1]]
                next = row[2]
            }
            return chain.reversed()
        }
    }

    /// The run with this request id.
    public func run(_ requestID: String) async throws(LedgerError) -> RecordedRun? {
        try await read("look up run \(requestID)") { db in
            try Row.fetchOne(
                db,
                sql: "SELECT \(RecordedRun.columns) FROM runs r WHERE request_id = ?",
                arguments: [requestID]
            ).map(RecordedRun.init(row:))
        }
    }

    /// The runs whose request ids begin with a text, at most `limit`.
    public func runs(
        beginningWith text: String,
        limit: Int
    ) async throws(LedgerError) -> [RecordedRun] {
        try await read("look up run \(text)") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RecordedRun.columns) FROM runs r
                    WHERE substr(request_id, 1, length(?1)) = ?1 AND length(?1) >= 4 LIMIT ?2
                    """,
                arguments: [text, limit]
            ).map(RecordedRun.init(row:))
        }
    }

    /// The newest runs, newest first, of `function` or of all.
    public func newestRuns(
        ofFunction function: String?,
        limit: Int
    ) async throws(LedgerError) -> [RecordedRun] {
        try await read("list runs") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RecordedRun.columns) FROM runs r WHERE ?1 IS NULL OR function = ?1
                    ORDER BY started_at_us DESC LIMIT ?2
                    """,
                arguments: [function, limit]
            ).map(RecordedRun.init(row:))
        }
    }
}

extension LedgerStatus.Counts {
    fileprivate mutating func add(_ count: Int, _ state: String) {
        switch state {
        case "queued": queued += count
        case "running": running += count
        case "waiting": waiting += count
        case "done": done += count
        case "superseded": superseded += count
        case "dead": deadLetters += count
        default: break
        }
    }
}

extension RecordedRun {
    static let columns = """
        request_id, function, table_name, items, log_path, started_at_us, ended_at_us, \
        r.outcome, duration_us, peak_memory, r.error_type, r.error_message, result, exit_code, \
        signal, trigger_id
        """

    init(row: Row) {
        let outcome: String? = row[7]
        self.init(
            requestID: row[0],
            function: row[1],
            table: row[2],
            items: row[3],
            trigger: row[15],
            logPath: row[4],
            startedAt: row[5],
            endedAt: row[6],
            outcome: outcome.flatMap(RunOutcome.init(rawValue:)),
            durationMicroseconds: row[8],
            peakMemory: row[9],
            errorType: row[10],
            errorMessage: row[11],
            result: row[12],
            exitCode: row[13],
            signal: row[14]
        )
    }
}
