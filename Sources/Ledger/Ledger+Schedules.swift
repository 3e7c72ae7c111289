import Events
import GRDB

extension Ledger {
    /// Makes the ledger know exactly these schedules, as expressions by trigger.
    ///
    /// One that is new, or has another expression than before, begins now, and counts from the whole
    /// second; one that is not among them is forgotten, its deliveries stay.
    ///
    /// - Returns: All of them, by trigger.
    public func keepSchedules(
        _ expressions: [String: String],
        at now: Int64
    ) async throws(LedgerError) -> [RecordedSchedule] {
        try await write("keep \(expressions.count) schedules") { db in
            for known in try String.fetchAll(db, sql: "SELECT trigger_id FROM schedules")
            where expressions[known] == nil {
                try db.execute(
                    sql: "DELETE FROM schedules WHERE trigger_id = ?",
                    arguments: [known]
                )
            }
            for (trigger, expression) in expressions {
                try db.execute(
                    sql: """
                        INSERT INTO schedules VALUES (?1, ?2, ?3, ?4)
                        ON CONFLICT (trigger_id) DO UPDATE
                        SET expression = ?2, started_us = ?3, settled_us = ?4
                        WHERE expression <> ?2
                        """,
                    arguments: [trigger, expression, now - now % 1_000_000, now]
                )
            }
            return try RecordedSchedule.all(db)
        }
    }

    /// Records that a time of a schedule has come: a delivery for it, and all its times up to then
    /// as dealt with.
    ///
    /// A time that has a delivery gets no other one. Where a delivery of an earlier time still waits
    /// for a run, the new one takes its place, with the attempts that it has behind it.
    public func fire(
        _ plan: DeliveryPlan,
        time: Int64,
        at now: Int64
    ) async throws(LedgerError) -> RecordOutcome {
        try await write("record a time of \(plan.trigger)") { db in
            try db.execute(
                sql: "UPDATE schedules SET settled_us = ? WHERE trigger_id = ?",
                arguments: [time, plan.trigger]
            )
            return try Self.deliver(time, to: plan, db, now: now)
        }
    }

    /// Records the present time as a delivery, if a number is another one than at the last call.
    ///
    /// Number and delivery are one transaction. Without a plan only the number is kept.
    ///
    /// - Parameters:
    ///   - name: What the number is called in the ledger's settings.
    ///   - value: The number.
    ///   - plan: Whom the delivery is for.
    ///   - now: Microseconds since 1970.
    /// - Throws: `LedgerError`.
    public func fire(
        onChangeOf name: String,
        to value: Int64,
        _ plan: DeliveryPlan?,
        at now: Int64
    ) async throws(LedgerError) {
        try await write("note \(name)") { db in
            let known = try Int64.fetchOne(
                db,
                sql: "SELECT value FROM settings WHERE name = ?",
                arguments: [name]
            )
            guard known != value else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                arguments: [name, value]
            )
            if let plan { _ = try Self.deliver(now, to: plan, db, now: now) }
        }
    }

    private static func deliver(
        _ time: Int64,
        to plan: DeliveryPlan,
        _ db: Database,
        now: Int64
    ) throws -> RecordOutcome {
        let sequencer = Sequencer(rawValue: UInt64(clamping: time))
        let delivery = NewDelivery(
            event: .scheduled,
            objectID: nil,
            table: "",
            sequencer: sequencer,
            order: sequencer,
            bytes: 0,
            hop: 0
        )
        var outcome = RecordOutcome()
        guard let pending = try delivery.insert(plan, db, now: now) else { return outcome }
        let joined = try WaitingTimes.join(ofTrigger: plan.trigger, db, now: now)
        outcome.withdrawn = joined.withdrawn
        outcome.pending = [joined.newest ?? pending]
        return outcome
    }

    /// Takes no time after `now` for dealt with, because the clock was set back.
    ///
    /// Times that have a delivery keep it, so that none comes twice.
    public func rewindSchedules(to now: Int64) async throws(LedgerError) {
        try await write("set schedules back") { db in
            try db.execute(
                sql: "UPDATE schedules SET settled_us = ?1 WHERE settled_us > ?1",
                arguments: [now]
            )
        }
    }

    /// The schedules of the last `sluice up`, by trigger, with what came of them.
    public func schedules() async throws(LedgerError) -> [RecordedSchedule] {
        try await read("list the schedules") { db in
            // A ledger that no daemon has brought up to date yet is only read here.
            guard try db.tableExists("schedules") else { return [] }
            var schedules = try RecordedSchedule.all(db)
            for index in schedules.indices {
                let trigger = schedules[index].trigger
                schedules[index].lastTime = try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT max(sequencer) FROM deliveries
                        WHERE trigger_id = ? AND event = 'Scheduled'
                        """,
                    arguments: [trigger]
                )
                schedules[index].lastRun = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT \(RecordedRun.columns) FROM runs r WHERE request_id = (
                            SELECT i.request_id FROM deliveries d
                            JOIN run_items i ON i.delivery_id = d.id
                            JOIN runs r ON r.request_id = i.request_id
                            WHERE d.trigger_id = ? AND d.event = 'Scheduled'
                            ORDER BY d.sequencer DESC, r.started_at_us DESC LIMIT 1)
                        """,
                    arguments: [trigger]
                ).map(RecordedRun.init(row:))
            }
            return schedules
        }
    }
}

extension RecordedSchedule {
    fileprivate static func all(_ db: Database) throws -> [RecordedSchedule] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT trigger_id, expression, started_us, settled_us FROM schedules
                ORDER BY trigger_id
                """
        ).map { row in
            RecordedSchedule(
                trigger: row[0],
                expression: row[1],
                startedAt: row[2],
                settledAt: row[3]
            )
        }
    }
}

/// The times of a schedule that wait for a run: the newest one stands for all.
enum WaitingTimes {
    /// What came of it.
    struct Joined {
        /// Deliveries that need no run any more.
        var withdrawn: [Int64] = []
        /// The delivery that stands for them; nil when there was nothing to join.
        var newest: PendingDelivery?
    }

    /// Lets the newest waiting delivery of a schedule take the place of the others.
    ///
    /// It takes over their attempts and the time of the next try: a function that fails for each
    /// time becomes a dead letter as if they were one.
    @discardableResult
    static func join(ofTrigger trigger: String, _ db: Database, now: Int64) throws -> Joined {
        let waiting = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, attempts, first_attempt_us, due_at_us FROM deliveries
                    WHERE trigger_id = ? AND event = 'Scheduled' AND state IN ('queued', 'waiting')
                    ORDER BY sequencer
                    """
            ),
            arguments: [trigger]
        )
        guard waiting.count > 1, let newest: Int64 = waiting.last?[0] else { return Joined() }
        var joined = Joined()
        for row in waiting.dropLast() {
            let id: Int64 = row[0]
            joined.withdrawn.append(id)
            try db.execute(
                sql: """
                    UPDATE deliveries SET state = 'superseded', ended_at_us = ?, due_at_us = NULL
                    WHERE id = ?
                    """,
                arguments: [now, id]
            )
        }
        let due = waiting.compactMap { row -> Int64? in row[3] }.max()
        let row = try Row.fetchOne(
            db,
            sql: """
                UPDATE deliveries SET attempts = ?, first_attempt_us = ?, due_at_us = ?, state = ?
                WHERE id = ? RETURNING \(PendingDelivery.columns)
                """,
            arguments: [
                waiting.map { row -> Int in row[1] }.max(),
                waiting.compactMap { row -> Int64? in row[2] }.min(), due,
                due == nil ? "queued" : "waiting", newest,
            ]
        )
        joined.newest = try row.map { try PendingDelivery(row: $0) }
        return joined
    }

    /// The same for all schedules.
    static func joinAll(_ db: Database, now: Int64) throws {
        let triggers = try String.fetchAll(
            db,
            sql: """
                SELECT trigger_id FROM deliveries
                WHERE event = 'Scheduled' AND state IN ('queued', 'waiting')
                GROUP BY trigger_id HAVING count(*) > 1
                """
        )
        for trigger in triggers { try join(ofTrigger: trigger, db, now: now) }
    }

    /// Ends the dead letters of times before one that has come to an end: it stands for them.
    static func endDeadLetters(before delivery: LeasedDelivery, _ db: Database, now: Int64) throws {
        try db.execute(
            sql: """
                UPDATE deliveries SET state = 'superseded', ended_at_us = ?
                WHERE trigger_id = ? AND event = 'Scheduled' AND state = 'dead' AND sequencer < ?
                """,
            arguments: [now, delivery.pending.trigger, delivery.sequencer.column]
        )
    }
}
