public import Events

/// An object version as the ledger has it, with what is owed to it and what was tried.
public struct RecordedVersion: Sendable, Equatable {
    /// The version.
    public var version: ObjectVersion
    /// The version it stems from: itself unless it is a manifest.
    public var source: ObjectVersion
    /// The table it belongs to.
    public var table: String
    /// How it was noticed.
    public var notice: Notice
    /// When it was recorded, in microseconds since 1970.
    public var noticedAt: Int64
    /// The file's state when it was last seen.
    public var identity: FileIdentity
    /// How many runs lie between it and what came from outside.
    public var hop: Int
    /// The run that wrote it, if one is known.
    public var causedBy: String?
    /// When the file was found to be deleted, in microseconds since 1970.
    public var deletedAt: Int64?
    /// When its chunks were removed, in microseconds since 1970.
    public var purgedAt: Int64?
    /// When what it set off was forgotten, in microseconds since 1970.
    public var prunedAt: Int64?
    /// What its triggers owe it, oldest first.
    public var deliveries: [RecordedDelivery] = []
}

/// What one trigger owes one version, as the ledger has it.
public struct RecordedDelivery: Sendable, Equatable {
    /// The delivery.
    public var id: Int64
    /// The trigger.
    public var trigger: String
    /// The function.
    public var function: String
    /// What it tells the function.
    public var event: DeliveryEvent
    /// Where it stands.
    public var state: DeliveryState
    /// The source version's sequencer: the smallest starts first.
    public var order: Sequencer
    /// Failures that counted.
    public var attempts: Int
    /// When it was recorded, in microseconds since 1970.
    public var recordedAt: Int64
    /// When it may be tried again, in microseconds since 1970; nil unless it waits.
    public var dueAt: Int64?
    /// When it was settled, in microseconds since 1970.
    public var endedAt: Int64?
    /// The last failure's short name.
    public var errorType: String?
    /// The last failure: what failed, why, and what to do.
    public var errorMessage: String?
    /// The least catalog version to use, for the end of a crawl.
    public var catalogVersion: Int?
    /// The runs that had it, oldest first; empty also for versions that were not asked for in
    /// detail.
    public var tries: [RecordedTry] = []
    /// The records that went to a destination, oldest first; empty also for versions that were not
    /// asked for in detail.
    public var records: [RecordedRecord] = []
}

/// What a run did to a delivery.
public struct RecordedTry: Sendable, Equatable {
    /// The run.
    public var run: RecordedRun
    /// What became of the delivery, as `done`, `retry` or `dead`; nil while the run goes on.
    public var outcome: String?
    /// The delivery's own failure in that run, which others of the run may not share.
    public var errorType: String?
    /// What failed, why, and what to do.
    public var errorMessage: String?
}

/// Where a delivery stands.
public enum DeliveryState: String, Sendable, CaseIterable {
    /// Its turn will come.
    case queued
    /// A run has it.
    case running
    /// It will be tried again at a time.
    case waiting
    /// It succeeded.
    case done
    /// A newer version made it needless.
    case superseded
    /// It will not be tried again by itself.
    case dead
    /// The object was deleted, or a newer version was accepted.
    case cancelled
    /// It was a dead letter, and somebody has forgotten it.
    case purged

    /// Whether nothing more will happen by itself.
    public var isSettled: Bool {
        switch self {
        case .queued, .running, .waiting: false
        case .done, .superseded, .dead, .cancelled, .purged: true
        }
    }
}
