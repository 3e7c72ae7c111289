public import Events
import GRDB

/// What dispatch needs to know of a delivery that has to be run.
public struct PendingDelivery: Hashable, Sendable, Identifiable {
    /// The delivery.
    public var id: Int64
    /// The trigger's id.
    public var trigger: String
    /// The function.
    public var function: String
    /// What it tells the function.
    public var event: DeliveryEvent
    /// The table; empty for a schedule.
    public var table: String
    /// The source version's sequencer: the smallest starts first.
    public var order: Sequencer
    /// What counts against a batch's `bytes`.
    public var bytes: Int64
    /// When it was recorded, in microseconds since 1970; a window counts from it.
    public var recordedAt: Int64
    /// When it may run, in microseconds since 1970; nil at once.
    public var dueAt: Int64?
    /// The largest batch it may be part of, after a failure of a larger one.
    public var batchLimit: Int?

    /// Puts a delivery together.
    public init(
        id: Int64,
        trigger: String,
        function: String,
        event: DeliveryEvent,
        table: String,
        order: Sequencer,
        bytes: Int64,
        recordedAt: Int64,
        dueAt: Int64? = nil,
        batchLimit: Int? = nil
    ) {
        self.id = id
        self.trigger = trigger
        self.function = function
        self.event = event
        self.table = table
        self.order = order
        self.bytes = bytes
        self.recordedAt = recordedAt
        self.dueAt = dueAt
        self.batchLimit = batchLimit
    }
}

/// A delivery that was given to a run, with all that its event needs.
public struct LeasedDelivery: Hashable, Sendable, Identifiable {
    /// The delivery as dispatch knows it.
    public var pending: PendingDelivery
    /// The object; nil for a schedule.
    public var object: ObjectVersion?
    /// The version the object stems from: the object itself unless it is a manifest.
    public var source: ObjectVersion?
    /// What a handler reports a failure by.
    public var sequencer: Sequencer
    /// How many runs lie between this and what came from outside.
    public var hop: Int
    /// Failures that counted so far.
    public var attempts: Int
    /// When it was first given to a run, in microseconds since 1970.
    public var firstAttempt: Int64
    /// The least catalog version to use, for the end of a crawl.
    public var catalogVersion: Int?
    /// The run whose end this is, for the end of a crawl.
    public var cause: String?
    /// Whether it is of a removal that takes rows out of their table.
    public var isRetraction: Bool
    /// The replay for which it was queued again; nil normally.
    public var replay: Sequencer?

    /// The delivery.
    public var id: Int64 { pending.id }
    /// What happened.
    public var event: DeliveryEvent { pending.event }

    /// Puts a leased delivery together.
    public init(
        pending: PendingDelivery,
        object: ObjectVersion?,
        source: ObjectVersion?,
        sequencer: Sequencer,
        hop: Int,
        attempts: Int,
        firstAttempt: Int64,
        catalogVersion: Int? = nil,
        cause: String? = nil,
        isRetraction: Bool = false,
        replay: Sequencer? = nil
    ) {
        self.pending = pending
        self.object = object
        self.source = source
        self.sequencer = sequencer
        self.hop = hop
        self.attempts = attempts
        self.firstAttempt = firstAttempt
        self.catalogVersion = catalogVersion
        self.cause = cause
        self.isRetraction = isRetraction
        self.replay = replay
    }
}

extension PendingDelivery {
    static let columns = """
        id, trigger_id, function, event, table_name, order_sequencer, bytes, recorded_at_us, \
        due_at_us, batch_limit
        """

    init(row: Row) throws {
        let event: String = row[3]
        guard let event = DeliveryEvent(rawValue: event) else {
            throw UnreadableRow(detail: "a delivery is of the unknown kind \(event)")
        }
        self.init(
            id: row[0],
            trigger: row[1],
            function: row[2],
            event: event,
            table: row[4],
            order: Sequencer(column: row[5]),
            bytes: row[6],
            recordedAt: row[7],
            dueAt: row[8],
            batchLimit: row[9]
        )
    }
}

extension Sequencer {
    init(column: Int64) { self.init(rawValue: UInt64(bitPattern: column)) }
}
