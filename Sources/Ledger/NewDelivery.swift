import Events
import GRDB

/// A delivery before it has a row.
struct NewDelivery {
    var event: DeliveryEvent
    var objectID: Int64?
    var table: String
    var sequencer: Sequencer
    var order: Sequencer
    var bytes: Int64
    var hop: Int
    var cause: String?
    var catalogVersion: Int?
    var refusal: HandlerFailure?

    /// Inserts the delivery of a plan, or leaves the one that is there.
    ///
    /// - Returns: The delivery, nil when it was there.
    func insert(_ plan: DeliveryPlan, _ db: Database, now: Int64) throws -> PendingDelivery? {
        try db.cachedStatement(
            sql: """
                INSERT INTO deliveries (trigger_id, function, event, object_id, table_name,
                    sequencer, order_sequencer, bytes, hop, supersedable, cause, catalog_version,
                    recorded_at_us, state, error_type, error_message, ended_at_us)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (trigger_id, event, sequencer) DO NOTHING
                """
        ).execute(
            arguments: [
                plan.trigger, plan.function, event.rawValue, objectID, table, sequencer.column,
                order.column, bytes, hop, plan.isSupersedable, cause, catalogVersion, now,
                refusal == nil ? "queued" : "dead", refusal?.errorType, refusal?.errorMessage,
                refusal == nil ? nil : now,
            ]
        )
        guard db.changesCount == 1 else { return nil }
        return PendingDelivery(
            id: db.lastInsertedRowID,
            trigger: plan.trigger,
            function: plan.function,
            event: event,
            table: table,
            order: order,
            bytes: bytes,
            recordedAt: now
        )
    }
}
