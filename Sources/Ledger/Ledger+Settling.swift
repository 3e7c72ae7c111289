import Events
import GRDB

extension Ledger {
    /// Records the end of a run, all its deliveries and what they trigger, in one transaction.
    public func settle(_ end: RunEnd, at now: Int64) async throws(LedgerError) -> SettleOutcome {
        try await write("end run \(end.requestID)") { db in
            var settling = Settling(db: db, end: end, now: now)
            try settling.run()
            for item in end.items { try settling.item(item.delivery, item.outcome) }
            for item in end.items { try settling.goOn(after: item.delivery) }
            try settling.sequencers?.store(db)
            return settling.outcome
        }
    }
}

/// One transaction of ``Ledger/settle(_:at:)``.
private struct Settling {
    let db: Database
    let end: RunEnd
    let now: Int64
    var outcome = SettleOutcome()
    /// Numbers of records; nil before the first.
    var sequencers: SequencerSource?

    func run() throws {
        try db.cachedStatement(
            sql: """
                UPDATE runs SET ended_at_us = ?, outcome = ?, exit_code = ?, signal = ?,
                    duration_us = ?, peak_memory = ?, error_type = ?, error_message = ?, result = ?
                WHERE request_id = ?
                """
        ).execute(
            arguments: [
                now, end.outcome.rawValue, end.exitCode, end.signal, end.durationMicroseconds,
                end.peakMemory, end.failure?.errorType, end.failure?.errorMessage, end.result,
                end.requestID,
            ]
        )
    }

    mutating func item(_ delivery: LeasedDelivery, _ item: ItemOutcome) throws {
        try db.cachedStatement(
            sql: """
                UPDATE run_items SET outcome = ?, error_type = ?, error_message = ?
                WHERE request_id = ? AND delivery_id = ?
                """
        ).execute(
            arguments: [
                item.name, item.failure?.errorType, item.failure?.errorMessage, end.requestID,
                delivery.id,
            ]
        )
        switch item {
        case .done:
            try close(delivery, as: "done", nil)
            try endOlderDeadLetters(delivery)
            try endDeadLettersOfEarlierTimes(delivery)
            try endDeadLettersOfEarlierObjects(delivery)
            try trigger(end.onSucceeded, .succeeded, delivery)
            try keepRecord(delivery)
        case .superseded(let recheckAt):
            if try hasNewerVersion(delivery) {
                try close(delivery, as: "superseded", nil)
            } else {
                try reopen(delivery, dueAt: recheckAt)
                if let key = delivery.object?.objectKey { outcome.toDigest.append(key) }
            }
        case .retry(let time, let failure):
            if try needsNoRetry(delivery) {
                try close(delivery, as: "superseded", nil)
            } else {
                try reopen(delivery, dueAt: time, counted: true, failure)
            }
        case .dead where try needsNoRetry(delivery) && isDeleted(delivery):
            try close(delivery, as: "cancelled", nil)
        case .dead(let failure):
            outcome.dead.append(delivery.pending.order)
            try close(delivery, as: "dead", failure)
            try endDeadLettersOfEarlierTimes(delivery)
            try endDeadLettersOfEarlierObjects(delivery)
            try trigger(end.onFailed, .failed, delivery)
            try keepRecord(delivery)
        case .bisected(let limit, let failure): try reopen(delivery, limit: limit, failure)
        case .notNow(let failure): try reopen(delivery, failure)
        case .interrupted: try reopen(delivery)
        }
    }

    /// Lets a replay go on to what comes after.
    mutating func goOn(after delivery: LeasedDelivery) throws {
        outcome.pending += try Replay.goOn(
            after: delivery,
            catalogVersion: end.catalogVersion,
            db,
            now: now
        )
    }

    private func close(
        _ delivery: LeasedDelivery,
        as state: String,
        _ failure: HandlerFailure?
    ) throws {
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = ?, attempts = attempts + ?, ended_at_us = ?,
                    request_id = NULL, error_type = ?, error_message = ? WHERE id = ?
                """
        ).execute(
            arguments: [
                state, failure == nil ? 0 : 1, now, failure?.errorType, failure?.errorMessage,
                delivery.id,
            ]
        )
    }

    private mutating func reopen(
        _ delivery: LeasedDelivery,
        dueAt: Int64? = nil,
        limit: Int? = nil,
        counted: Bool = false,
        _ failure: HandlerFailure? = nil
    ) throws {
        var pending = delivery.pending
        pending.dueAt = dueAt
        pending.batchLimit = limit ?? pending.batchLimit
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = ?, attempts = attempts + ?, due_at_us = ?,
                    batch_limit = ?, request_id = NULL, error_type = ?, error_message = ?
                WHERE id = ?
                """
        ).execute(
            arguments: [
                dueAt == nil ? "queued" : "waiting", counted ? 1 : 0, dueAt, pending.batchLimit,
                failure?.errorType, failure?.errorMessage, delivery.id,
            ]
        )
        guard delivery.event == .scheduled else {
            outcome.pending.append(pending)
            return
        }
        let joined = try WaitingTimes.join(ofTrigger: pending.trigger, db, now: now)
        outcome.pending.append(joined.newest ?? pending)
    }

    private func endDeadLettersOfEarlierTimes(_ delivery: LeasedDelivery) throws {
        guard delivery.event == .scheduled else { return }
        try WaitingTimes.endDeadLetters(before: delivery, db, now: now)
    }

    /// Where an object stands for all before it, so does its end.
    private func endDeadLettersOfEarlierObjects(_ delivery: LeasedDelivery) throws {
        guard end.isCumulative, delivery.event == .created else { return }
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = 'superseded', ended_at_us = ?
                WHERE state = 'dead' AND trigger_id = ? AND table_name = ? AND event = ?
                    AND sequencer < ?
                """
        ).execute(
            arguments: [
                now, delivery.pending.trigger, delivery.pending.table, delivery.event.rawValue,
                delivery.sequencer.column,
            ]
        )
    }

    private func hasNewerVersion(_ delivery: LeasedDelivery) throws -> Bool {
        guard let object = delivery.object else { return false }
        let newest = try NewestVersion.find(object.objectKey, db)
        return newest.map { $0.known.version.sequencer > object.sequencer || $0.known.isDeleted }
            ?? false
    }

    private func isDeleted(_ delivery: LeasedDelivery) throws -> Bool {
        guard let object = delivery.object else { return false }
        return try NewestVersion.find(object.objectKey, db)?.known.isDeleted ?? false
    }

    /// A version that was superseded or deleted while it was tried needs no other try.
    private func needsNoRetry(_ delivery: LeasedDelivery) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT supersedable FROM deliveries WHERE id = ?"
        )
        guard try Bool.fetchOne(statement, arguments: [delivery.id]) == true else { return false }
        return try hasNewerVersion(delivery)
    }

    /// A dead letter ends when a newer version of its key is accepted where it was refused.
    private func endOlderDeadLetters(_ delivery: LeasedDelivery) throws {
        guard let source = delivery.source else { return }
        // Rows that a removal could not take out only go with another removal.
        let isRemoval = source.eTag.isEmpty || delivery.isRetraction
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = 'cancelled', ended_at_us = ?
                WHERE state = 'dead' AND function = ? AND object_id IN (SELECT id FROM objects
                    WHERE source_bucket = ? AND source_key = ? AND source_sequencer < ?)
                \(isRemoval ? "" : "AND NOT \(Removal.isDelivery)")
                """
        ).execute(
            arguments: [
                now, delivery.pending.function, source.bucket, source.key, source.sequencer.column,
            ]
        )
    }

    /// Records what a destination shall get, and the delivery of it to a function.
    private mutating func keepRecord(_ delivery: LeasedDelivery) throws {
        guard let record = end.records[delivery.id] else { return }
        var sequencers = try self.sequencers ?? SequencerSource(db, now: now)
        let sequencer = sequencers.next()
        self.sequencers = sequencers
        var file: ObjectKey?
        var target: DeliveryPlan?
        switch record.place {
        case .file(let key):
            file = key
            outcome.hasFiles = true
        case .function(let plan, let refusal):
            target = plan
            let new = NewDelivery(
                event: .destination,
                objectID: nil,
                table: "",
                sequencer: sequencer,
                order: sequencer,
                bytes: Int64(record.json.utf8.count),
                hop: delivery.hop + 1,
                cause: end.requestID,
                refusal: refusal
            )
            if let pending = try new.insert(plan, db, now: now) {
                if refusal == nil {
                    outcome.pending.append(pending)
                } else {
                    outcome.dead.append(sequencer)
                }
            }
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO records (sequencer, delivery_id, request_id, condition, bucket, key,
                    function, trigger_id, record, recorded_at_us, delivered_at_us)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                sequencer.column, delivery.id, end.requestID, record.condition, file?.bucket,
                file?.key, target?.function, target?.trigger, record.json, now,
                file == nil ? now : nil,
            ]
        )
    }

    private mutating func trigger(
        _ plans: [DeliveryPlan],
        _ event: DeliveryEvent,
        _ delivery: LeasedDelivery
    ) throws {
        guard !plans.isEmpty, delivery.object != nil else { return }
        let objectID = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT object_id FROM deliveries WHERE id = ?"),
            arguments: [delivery.id]
        )
        for plan in plans {
            let new = NewDelivery(
                event: event,
                objectID: objectID,
                table: delivery.pending.table,
                sequencer: delivery.sequencer,
                order: delivery.pending.order,
                bytes: delivery.pending.bytes,
                hop: delivery.hop,
                cause: end.requestID,
                catalogVersion: end.catalogVersion
            )
            if let pending = try new.insert(plan, db, now: now) { outcome.pending.append(pending) }
        }
    }
}
