public import Events

/// What tells one state of a file from another without reading it.
public struct FileIdentity: Hashable, Sendable {
    /// The file's inode number.
    public var inode: UInt64
    /// Its length in bytes.
    public var size: Int64
    /// When its content was last modified, in nanoseconds since 1970.
    public var modifiedNanoseconds: Int64
    /// When its inode last changed, in nanoseconds since 1970; cannot be set by programs.
    public var changedNanoseconds: Int64

    /// Puts an identity together.
    public init(
        inode: UInt64,
        size: Int64,
        modifiedNanoseconds: Int64,
        changedNanoseconds: Int64
    ) {
        self.inode = inode
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
        self.changedNanoseconds = changedNanoseconds
    }

    /// Whether it was read, at a time in microseconds since 1970, too soon after its last change to
    /// be sure that no other followed.
    func isUncertain(readAt time: Int64) -> Bool {
        time * 1000 - max(changedNanoseconds, modifiedNanoseconds) <= 20_000_000
    }
}

/// How an object was noticed.
public enum Notice: String, Sendable {
    /// The kernel reported it.
    case event
    /// A scan found it.
    case scan
}

/// What a delivery tells its function.
public enum DeliveryEvent: String, Sendable {
    /// An object version was recorded.
    case created = "ObjectCreated:Put"
    /// An object was deleted.
    case removed = "ObjectRemoved:Delete"
    /// A crawler's run ended well for an object.
    case succeeded = "Succeeded"
    /// An object became a dead letter of a crawler.
    case failed = "Failed"
    /// A point in time was reached.
    case scheduled = "Scheduled"
    /// A delivery to another function ended, and its record is the event.
    case destination = "Destination"
}

/// A trigger that matches: one delivery to be made for it.
public struct DeliveryPlan: Hashable, Sendable {
    /// The trigger's id.
    public var trigger: String
    /// The function that it starts.
    public var function: String
    /// Whether a newer version of the key makes a delivery of an older one needless.
    public var isSupersedable: Bool
    /// Whether, of a removal, it takes the rows of the key's versions out of their table.
    public var retracts: Bool

    /// Puts a plan together.
    public init(
        trigger: String,
        function: String,
        isSupersedable: Bool = false,
        retracts: Bool = false
    ) {
        self.trigger = trigger
        self.function = function
        self.isSupersedable = isSupersedable
        self.retracts = retracts
    }
}

/// A file as it was digested, and what is to be done if it is a new version.
public struct ObservedObject: Sendable {
    /// Bucket and key.
    public var key: ObjectKey
    /// The file's state while it was digested.
    public var identity: FileIdentity
    /// When reading it began, in microseconds since 1970.
    public var checkedAt: Int64
    /// XXH3-128 of its content.
    public var eTag: String
    /// The table that it belongs to.
    public var table: String
    /// The stage-1 version that a manifest describes; nil for other objects.
    public var source: ObjectVersion?
    /// How it was noticed.
    public var notice: Notice
    /// A sequencer reserved when it was noticed, because reading it took long; nil normally.
    public var sequencer: Sequencer?
    /// How many runs lie between it and what came from outside.
    public var hop: Int
    /// The run that wrote it, if one is known.
    public var causedBy: String?
    /// The triggers that match it.
    public var plans: [DeliveryPlan]
    /// Why its deliveries are dead letters from the start; nil normally.
    public var refusal: HandlerFailure?

    /// Puts an observation together.
    public init(
        key: ObjectKey,
        identity: FileIdentity,
        checkedAt: Int64,
        eTag: String,
        table: String,
        source: ObjectVersion? = nil,
        notice: Notice,
        sequencer: Sequencer? = nil,
        hop: Int = 0,
        causedBy: String? = nil,
        plans: [DeliveryPlan],
        refusal: HandlerFailure? = nil
    ) {
        self.key = key
        self.identity = identity
        self.checkedAt = checkedAt
        self.eTag = eTag
        self.table = table
        self.source = source
        self.notice = notice
        self.sequencer = sequencer
        self.hop = hop
        self.causedBy = causedBy
        self.plans = plans
        self.refusal = refusal
    }
}

/// Something that happened to an object.
public enum ObservedChange: Sendable {
    /// A file is there, complete.
    case present(ObservedObject)
    /// A file is gone; `plans` are the triggers that want to know.
    case removed(ObjectKey, plans: [DeliveryPlan])
}

/// The newest recorded version of a key.
public struct KnownObject: Sendable, Equatable {
    /// The version.
    public var version: ObjectVersion
    /// The file's state when it was last seen.
    public var identity: FileIdentity
    /// Whether the file was deleted since.
    public var isDeleted: Bool
    /// When it was read last, in microseconds since 1970.
    public var checkedAt: Int64

    /// Whether a file in this state need not be read again.
    ///
    /// File systems stamp times in ticks of up to 10 ms: what was read that soon after its last
    /// change may have changed again without showing it.
    public func isUnchanged(in state: FileIdentity) -> Bool {
        !isDeleted && identity == state && !state.isUncertain(readAt: checkedAt)
    }
}
