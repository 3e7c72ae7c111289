public import Events
import GRDB

/// What became of a group of observed changes.
public struct RecordOutcome: Sendable, Equatable {
    /// Deliveries that have to be run now.
    public var pending: [PendingDelivery] = []
    /// Deliveries that need no run any more.
    public var withdrawn: [Int64] = []
    /// The versions that are new.
    public var created: [ObjectVersion] = []
    /// How many changes were none: known bytes, or a file that was never recorded.
    public var unchanged = 0
    /// The source versions of deliveries that were dead letters from the start.
    public var dead: [Sequencer] = []

    /// Nothing has come of anything yet.
    public init(unchanged: Int = 0) { self.unchanged = unchanged }
}

extension Ledger {
    /// Records a group of changes in their order, versions and deliveries in one transaction.
    ///
    /// New bytes are a new version with the next sequencer and a delivery for each plan; a queued
    /// delivery of an older version of the key that is supersedable is superseded. Known bytes
    /// are no change, except for a version that was deleted and never accepted: its deliveries are
    /// queued again. A removal ends supersedable deliveries and dead letters of the key.
    public func record(
        _ changes: [ObservedChange],
        at now: Int64
    ) async throws(LedgerError) -> RecordOutcome {
        try await write("record \(changes.count) changes") { db in
            var recording = try Recording(db, now: now)
            for change in changes {
                switch change {
                case .present(let object): try recording.present(object)
                case .removed(let key, let plans): try recording.removed(key, plans: plans)
                }
            }
            return try recording.finish()
        }
    }

    /// The newest recorded version of each of `keys` that has one.
    public func known(
        _ keys: [ObjectKey]
    ) async throws(LedgerError) -> [ObjectKey: KnownObject] {
        try await read("look up \(keys.count) objects") { db in
            var known: [ObjectKey: KnownObject] = [:]
            for key in keys { known[key] = try NewestVersion.find(key, db)?.known }
            return known
        }
    }

    /// The keys of a bucket, below a folder or everywhere, whose newest version is not known to be
    /// deleted, sorted.
    public func presentKeys(
        inBucket bucket: String,
        below folder: String?
    ) async throws(LedgerError) -> [String] {
        // What begins with `folder/` sorts from there to before `folder0`: `0` follows `/`.
        let limits = folder.map { [$0 + "/", $0 + "0"] } ?? []
        return try await read("list bucket \(bucket)") { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT key FROM objects
                    WHERE bucket = ? \(limits.isEmpty ? "" : "AND key >= ? AND key < ?")
                    GROUP BY key HAVING sum(deleted_at_us IS NULL) > 0 ORDER BY key
                    """,
                arguments: StatementArguments([bucket] + limits)
            )
        }
    }
}

/// The newest version of a key, as the ledger has it.
struct NewestVersion {
    var id: Int64
    var known: KnownObject

    static func find(_ key: ObjectKey, _ db: Database) throws -> NewestVersion? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, size, etag, sequencer, inode, modified_ns, changed_ns, deleted_at_us,
                    checked_at_us
                FROM objects WHERE bucket = ? AND key = ? ORDER BY sequencer DESC LIMIT 1
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [key.bucket, key.key]) else {
            return nil
        }
        let inode: Int64 = row[4]
        return NewestVersion(
            id: row[0],
            known: KnownObject(
                version: ObjectVersion(
                    bucket: key.bucket,
                    key: key.key,
                    size: row[1],
                    eTag: row[2],
                    sequencer: Sequencer(column: row[3])
                ),
                identity: FileIdentity(
                    inode: UInt64(bitPattern: inode),
                    size: row[1],
                    modifiedNanoseconds: row[5],
                    changedNanoseconds: row[6]
                ),
                isDeleted: row[7] != nil,
                checkedAt: row[8]
            )
        )
    }
}
