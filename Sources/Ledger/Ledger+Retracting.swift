public import Events
import GRDB

extension Ledger {
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
