public import Events
import GRDB

/// A removal that takes the rows of a key's older versions out of their table.
public struct RecordedRemoval: Sendable, Equatable {
    /// Why rows are taken out.
    public enum Cause: String, Sendable {
        /// Their file was deleted.
        case deletion
        /// A person asked for it.
        case person
    }

    /// Its place in the order of arrival.
    public var sequencer: Sequencer
    /// Why.
    public var cause: Cause
    /// When it was recorded, in microseconds since 1970.
    public var recordedAt: Int64
}

extension Ledger {
    /// The removals of a key, oldest first.
    public func removals(of key: ObjectKey) async throws(LedgerError) -> [RecordedRemoval] {
        try await read("list the removals of \(key)") { db in
            // A ledger that no daemon has brought up to date yet is only read here.
            guard try db.tableExists("removals") else { return [] }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT sequencer, cause, recorded_at_us FROM removals
                    WHERE bucket = ? AND key = ? ORDER BY sequencer
                    """,
                arguments: [key.bucket, key.key]
            )
            return rows.map { row in
                RecordedRemoval(
                    sequencer: Sequencer(column: row[0]),
                    cause: RecordedRemoval.Cause(rawValue: row[1]) ?? .deletion,
                    recordedAt: row[2]
                )
            }
        }
    }

    /// Records that a person wants the rows of keys out of their tables, all in one transaction.
    ///
    /// Each known key gets a removal with the next sequencer and a delivery for each plan, whether
    /// its object is still there or not.
    ///
    /// - Returns: The keys of which nothing is known.
    public func retract(
        _ keys: [(key: ObjectKey, plans: [DeliveryPlan])],
        at now: Int64
    ) async throws(LedgerError) -> [ObjectKey] {
        try await write("retract \(keys.count) objects") { db in
            var recording = try Recording(db, now: now)
            var unknown: [ObjectKey] = []
            for (key, plans) in keys where try !recording.retracted(key, plans: plans) {
                unknown.append(key)
            }
            _ = try recording.finish()
            return unknown
        }
    }
}
