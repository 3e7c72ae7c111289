public import Events
import GRDB

/// What a look at a ledger's file says of it.
public enum LedgerCondition: Sendable, Equatable {
    /// There is no file, or nothing is in it.
    case lost
    /// SQLite finds no damage.
    case sound
    /// It cannot be read, or its rows do not fit together, for these reasons.
    case damaged(String)
}

extension Ledger {
    /// Looks whether the ledger at `path`, a file that is there, can be relied on; changes nothing.
    ///
    /// - Throws: `LedgerError` with code `busy` or `storage` when that cannot be said.
    public static func condition(ofFile path: String) async throws(LedgerError) -> LedgerCondition {
        do {
            let ledger = try Ledger(path: path, readOnly: true)
            guard try ledger.isMade() else { return .lost }
            let inventory = try await ledger.inventory(since: .max, checksFile: true)
            try ledger.close()
            if let damage = inventory.damages.first { return .damaged(damage) }
            return inventory.objects.isEmpty ? .lost : .sound
        } catch {
            if error.code == .busy || error.code == .storage { throw error }
            return .damaged(error.detail)
        }
    }

    /// Records versions that were found where a ledger was lost, in one transaction.
    ///
    /// Versions without a sequencer get one each, in their order, above all others.
    ///
    /// - Parameters:
    ///   - objects: Versions in any order; those with a sequencer have one of their own.
    ///   - floor: The greatest sequencer that anything else is known to have.
    ///   - now: Microseconds since 1970.
    /// - Throws: `LedgerError` with code `refused` when a ledger has versions already.
    public func restore(
        _ objects: [RestoredObject],
        above floor: Sequencer,
        at now: Int64
    ) async throws(LedgerError) {
        try await write("restore \(objects.count) objects") { db in
            let isEmpty = try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM objects)")
            guard isEmpty == true else {
                throw DatabaseError(
                    resultCode: .SQLITE_CONSTRAINT,
                    message: "it has versions already"
                )
            }
            let greatest = objects.map(\.version.sequencer).max() ?? floor
            let last = try Self.lastSequencer(db)
            try Self.setLastSequencer(max(floor, greatest, last), db)
            var restoring = Restoring(
                db: db,
                now: now,
                sequencers: try SequencerSource(db, now: now)
            )
            for object in objects { try restoring.insert(object) }
            try restoring.sequencers.store(db)
        }
    }
}

/// One transaction of ``Ledger/restore(_:above:at:)``.
private struct Restoring {
    let db: Database
    let now: Int64
    var sequencers: SequencerSource

    mutating func insert(_ object: RestoredObject) throws {
        var version = object.version
        if version.sequencer.rawValue == 0 { version.sequencer = sequencers.next() }
        let source = object.source ?? version
        try db.cachedStatement(
            sql: """
                INSERT INTO objects (bucket, key, sequencer, etag, size, table_name, source_bucket,
                    source_key, source_sequencer, source_etag, source_size, inode, modified_ns,
                    changed_ns, checked_at_us, noticed_by, noticed_at_us, hop, purged_at_us,
                    deleted_at_us)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'scan', ?, 0, ?, ?)
                """
        ).execute(
            arguments: [
                version.bucket, version.key, version.sequencer.column, version.eTag, version.size,
                object.table, source.bucket, source.key, source.sequencer.column, source.eTag,
                source.size, Int64(bitPattern: object.identity?.inode ?? 0),
                object.identity?.modifiedNanoseconds ?? 0,
                object.identity?.changedNanoseconds ?? 0,
                object.checkedAt, now, object.isPurged ? now : nil,
                object.isDeleted ? now : nil,
            ]
        )
        let objectID = db.lastInsertedRowID
        for delivery in object.deliveries {
            try insert(delivery, of: version, source, table: object.table, objectID)
        }
    }

    private func insert(
        _ delivery: RestoredDelivery,
        of version: ObjectVersion,
        _ source: ObjectVersion,
        table: String,
        _ objectID: Int64
    ) throws {
        let new = NewDelivery(
            event: delivery.event,
            objectID: objectID,
            table: table,
            sequencer: version.sequencer,
            order: source.sequencer,
            bytes: source.size,
            hop: 0,
            catalogVersion: delivery.catalogVersion
        )
        guard let pending = try new.insert(delivery.plan, db, now: now), delivery.isDone else {
            return
        }
        try db.cachedStatement(
            sql: "UPDATE deliveries SET state = 'done', ended_at_us = ? WHERE id = ?"
        ).execute(arguments: [now, pending.id])
    }
}
