import Events
import GRDB

/// One transaction of ``Ledger/record(_:at:)``.
struct Recording {
    private let db: Database
    private let now: Int64
    private var sequencers: SequencerSource
    private var outcome = RecordOutcome()

    init(_ db: Database, now: Int64) throws {
        self.db = db
        self.now = now
        sequencers = try SequencerSource(db, now: now)
    }

    consuming func finish() throws -> RecordOutcome {
        try sequencers.store(db)
        let withdrawn = Set(outcome.withdrawn)
        outcome.pending.removeAll { withdrawn.contains($0.id) }
        return outcome
    }

    mutating func present(_ object: ObservedObject) throws {
        let newest = try NewestVersion.find(object.key, db)
        if let newest, newest.known.version.eTag == object.eTag,
            try !isDroppedAnew(object, after: newest)
        {
            try seenAgain(newest, object)
        } else {
            try create(object, after: newest?.known.version.sequencer)
        }
    }

    mutating func removed(_ key: ObjectKey, plans: [DeliveryPlan]) throws {
        guard let newest = try NewestVersion.find(key, db), !newest.known.isDeleted else {
            outcome.unchanged += 1
            return
        }
        try db.cachedStatement(
            sql: """
                UPDATE objects SET deleted_at_us = ?
                WHERE bucket = ? AND key = ? AND deleted_at_us IS NULL
                """
        ).execute(arguments: [now, key.bucket, key.key])
        try end(newest, plans: plans, cause: .deletion)
    }

    /// Takes the rows of a key out of its table, whether its object is still there or not.
    ///
    /// - Returns: Whether anything is known of the key.
    mutating func retracted(_ key: ObjectKey, plans: [DeliveryPlan]) throws -> Bool {
        if let newest = try NewestVersion.find(key, db) ?? NewestVersion.restore(key, db, now: now)
        {
            try end(newest, plans: plans, cause: .person)
            return true
        }
        return false
    }

    /// Ends what is under way for a key whose object is gone or whose rows are to go.
    private mutating func end(
        _ newest: NewestVersion,
        plans: [DeliveryPlan],
        cause: RecordedRemoval.Cause
    ) throws {
        let key = newest.known.version.objectKey
        try supersede(
            key,
            into: "cancelled",
            states: "state IN ('queued', 'waiting') AND supersedable = 1 AND replay IS NULL"
        )
        let retracts = plans.contains(where: \.retracts)
        try endDeadLetters(of: key, withRemovals: retracts)
        guard !plans.isEmpty else { return }
        let sequencer = sequencers.next()
        if retracts { try Removal.record(key, sequencer, cause, db, now: now) }
        let table = try String.fetchOne(
            db,
            sql: "SELECT table_name FROM objects WHERE id = ?",
            arguments: [newest.id]
        )
        for plan in plans {
            try deliver(
                plan,
                NewDelivery(
                    event: .removed,
                    objectID: newest.id,
                    table: table ?? "",
                    sequencer: sequencer,
                    order: sequencer,
                    bytes: 0,
                    hop: 0,
                    refusal: nil
                )
            )
        }
    }

    /// Whether the same bytes were dropped once more after their rows had been taken out.
    private func isDroppedAnew(
        _ object: ObservedObject,
        after newest: NewestVersion
    ) throws -> Bool {
        let removal = try Removal.newest(of: object.key, db)
        guard let removal, removal > newest.known.version.sequencer else { return false }
        // A file that stayed where it was while a person took its rows out is no new one.
        let known = newest.known.identity
        return newest.known.isDeleted || known.inode != object.identity.inode
            || known.modifiedNanoseconds != object.identity.modifiedNanoseconds
    }

    /// The same bytes again: nothing, unless they were deleted and never accepted.
    private mutating func seenAgain(_ newest: NewestVersion, _ object: ObservedObject) throws {
        outcome.unchanged += 1
        try db.cachedStatement(
            sql: """
                UPDATE objects SET inode = ?, modified_ns = ?, changed_ns = ?, checked_at_us = ?,
                    deleted_at_us = NULL
                WHERE id = ?
                """
        ).execute(
            arguments: [
                Int64(bitPattern: object.identity.inode), object.identity.modifiedNanoseconds,
                object.identity.changedNanoseconds, object.checkedAt, newest.id,
            ]
        )
        guard newest.known.isDeleted else { return }
        try requeue(
            """
            state IN ('cancelled', 'purged') AND object_id IN (SELECT id FROM objects
            WHERE source_bucket = ? AND source_key = ? AND source_sequencer = ?)
            """,
            [object.key.bucket, object.key.key, newest.known.version.sequencer.column]
        )
        // What never set anything off was never accepted either.
        let wasDelivered = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM deliveries WHERE object_id = ?1)
                        OR EXISTS (SELECT 1 FROM objects WHERE id = ?1
                            AND pruned_at_us IS NOT NULL)
                    """
            ),
            arguments: [newest.id]
        )
        if wasDelivered != true { try deliver(object, newest.known.version, objectID: newest.id) }
    }

    private mutating func create(_ object: ObservedObject, after newest: Sequencer?) throws {
        // A number from before the newest version would put what is there now behind it.
        var reserved = object.sequencer
        if let number = reserved, let newest, number < newest { reserved = nil }
        let version = ObjectVersion(
            bucket: object.key.bucket,
            key: object.key.key,
            size: object.identity.size,
            eTag: object.eTag,
            sequencer: reserved ?? sequencers.next()
        )
        let source = object.source ?? version
        try db.cachedStatement(
            sql: """
                INSERT INTO objects (bucket, key, sequencer, etag, size, table_name, source_bucket,
                    source_key, source_sequencer, source_etag, source_size, inode, modified_ns,
                    changed_ns, checked_at_us, noticed_by, noticed_at_us, hop, caused_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                version.bucket, version.key, version.sequencer.column, version.eTag, version.size,
                object.table, source.bucket, source.key, source.sequencer.column, source.eTag,
                source.size, Int64(bitPattern: object.identity.inode),
                object.identity.modifiedNanoseconds, object.identity.changedNanoseconds,
                object.checkedAt, object.notice.rawValue, now, object.hop, object.causedBy,
            ]
        )
        let objectID = db.lastInsertedRowID
        outcome.created.append(version)
        if newest != nil {
            try supersede(
                object.key,
                into: "superseded",
                states: "state IN ('queued', 'waiting') AND supersedable = 1 AND replay IS NULL"
            )
        }
        try deliver(object, version, objectID: objectID)
    }

    /// Makes the deliveries that a version sets off.
    private mutating func deliver(
        _ object: ObservedObject,
        _ version: ObjectVersion,
        objectID: Int64
    ) throws {
        let source = object.source ?? version
        for plan in object.plans {
            try deliver(
                plan,
                NewDelivery(
                    event: .created,
                    objectID: objectID,
                    table: object.table,
                    sequencer: version.sequencer,
                    order: source.sequencer,
                    bytes: source.size,
                    hop: object.hop,
                    refusal: object.refusal
                )
            )
        }
    }

    private mutating func deliver(_ plan: DeliveryPlan, _ delivery: NewDelivery) throws {
        guard let pending = try delivery.insert(plan, db, now: now) else { return }
        if delivery.refusal == nil {
            outcome.pending.append(pending)
        } else {
            outcome.dead.append(delivery.order)
        }
    }

    /// Ends deliveries of any version of a key that are in `states`.
    private mutating func supersede(
        _ key: ObjectKey,
        into state: String,
        states: String
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = '\(state)', ended_at_us = ?, due_at_us = NULL
                WHERE \(states)
                    AND object_id IN (SELECT id FROM objects WHERE bucket = ? AND key = ?)
                RETURNING id
                """
        )
        outcome.withdrawn += try Int64.fetchAll(statement, arguments: [now, key.bucket, key.key])
    }

    /// Ends the dead letters of every version of a key, also those of its manifests.
    ///
    /// Rows that a removal could not take out only go with another removal.
    private mutating func endDeadLetters(of key: ObjectKey, withRemovals: Bool) throws {
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = 'cancelled', ended_at_us = ? WHERE state = 'dead'
                AND object_id IN (
                    SELECT id FROM objects WHERE source_bucket = ? AND source_key = ?
                    UNION SELECT id FROM objects WHERE bucket = ? AND key = ?)
                \(withRemovals ? "" : "AND NOT \(Removal.isDelivery)")
                """
        ).execute(arguments: [now, key.bucket, key.key, key.bucket, key.key])
    }

    private mutating func requeue(_ condition: String, _ arguments: StatementArguments) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = 'queued', attempts = 0, first_attempt_us = NULL,
                    due_at_us = NULL, batch_limit = NULL, ended_at_us = NULL, error_type = NULL,
                    error_message = NULL
                WHERE \(condition) RETURNING \(PendingDelivery.columns)
                """
        )
        let rows = try Row.fetchAll(statement, arguments: arguments)
        outcome.pending += try rows.map { try PendingDelivery(row: $0) }
    }
}
