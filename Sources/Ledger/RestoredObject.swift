public import Events

/// An object version that was found where the ledger was lost, with what is known to have come of it.
public struct RestoredObject: Sendable, Equatable {
    /// The version; with sequencer 0 where nothing tells it, to be given one.
    public var version: ObjectVersion
    /// The table.
    public var table: String
    /// The stage-1 version that a manifest describes; nil for other objects.
    public var source: ObjectVersion?
    /// The file's state while it was digested; nil where the file is gone or has other bytes now.
    public var identity: FileIdentity?
    /// When reading it began, in microseconds since 1970.
    public var checkedAt: Int64
    /// Whether its chunks were purged.
    public var isPurged: Bool
    /// Whether the object was deleted, and what that asked for is done.
    public var isDeleted: Bool
    /// What it set off.
    public var deliveries: [RestoredDelivery]

    /// Puts a version together.
    public init(
        version: ObjectVersion,
        table: String,
        source: ObjectVersion? = nil,
        identity: FileIdentity? = nil,
        checkedAt: Int64 = 0,
        isPurged: Bool = false,
        isDeleted: Bool = false,
        deliveries: [RestoredDelivery] = []
    ) {
        self.version = version
        self.table = table
        self.source = source
        self.identity = identity
        self.checkedAt = checkedAt
        self.isPurged = isPurged
        self.isDeleted = isDeleted
        self.deliveries = deliveries
    }
}

/// What a trigger owes a restored version.
public struct RestoredDelivery: Sendable, Equatable {
    /// The trigger.
    public var plan: DeliveryPlan
    /// What it tells the function: an object's version or the end of a crawl.
    public var event: DeliveryEvent
    /// Whether it is known to be done; otherwise it is queued.
    public var isDone: Bool
    /// The least catalog version to use, for the end of a crawl.
    public var catalogVersion: Int?

    /// Puts a delivery together.
    public init(
        plan: DeliveryPlan,
        event: DeliveryEvent = .created,
        isDone: Bool,
        catalogVersion: Int? = nil
    ) {
        self.plan = plan
        self.event = event
        self.isDone = isDone
        self.catalogVersion = catalogVersion
    }
}
