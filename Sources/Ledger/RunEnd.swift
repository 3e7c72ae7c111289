public import Events

/// How a run ended.
public enum RunOutcome: String, Sendable, CaseIterable {
    /// Exit 0.
    case succeeded
    /// Exit 65: the input is at fault.
    case input
    /// Exit 75: not now.
    case notNow = "not_now"
    /// Any other exit code or signal.
    case error
    /// The deadline passed.
    case timeout
    /// It used more memory than it may.
    case memory
    /// The daemon ended it, or died.
    case interrupted
}

/// What happens to one delivery of a run that ended.
public enum ItemOutcome: Sendable, Equatable {
    /// Done.
    case done
    /// A newer version of the key is recorded. If none is, the delivery waits until `recheckAt`,
    /// by when the object will have been digested anew.
    case superseded(recheckAt: Int64)
    /// A failure that counts; another try at a time in microseconds since 1970.
    case retry(at: Int64, HandlerFailure)
    /// A failure that is final: a dead letter.
    case dead(HandlerFailure)
    /// Not counted; in batches of at most `limit` from now on.
    case bisected(limit: Int, HandlerFailure)
    /// Not counted; queued again.
    case notNow(HandlerFailure)
    /// Not counted; queued again, because the run was cut off.
    case interrupted

    var name: String {
        switch self {
        case .done: "done"
        case .superseded: "superseded"
        case .retry: "retry"
        case .dead: "dead"
        case .bisected: "bisected"
        case .notNow: "not_now"
        case .interrupted: "interrupted"
        }
    }

    /// What went wrong; nil when nothing did.
    public var failure: HandlerFailure? {
        switch self {
        case .retry(_, let failure), .dead(let failure), .bisected(_, let failure),
            .notNow(let failure):
            failure
        case .done, .superseded, .interrupted: nil
        }
    }
}

/// The end of a run, with what it means for each of its deliveries.
public struct RunEnd: Sendable {
    /// The run.
    public var requestID: String
    /// How it ended.
    public var outcome: RunOutcome
    /// The exit code, unless a signal ended it.
    public var exitCode: Int32?
    /// The signal that ended it.
    public var signal: Int32?
    /// How long it ran, in microseconds.
    public var durationMicroseconds: Int64
    /// The most anonymous memory its processes held at once, in bytes.
    public var peakMemory: Int64
    /// What went wrong, if anything did.
    public var failure: HandlerFailure?
    /// What it answered, as JSON.
    public var result: String?
    /// What it answered, an entry for each object or table; not kept.
    public var answers: [JSONValue] = []
    /// Every delivery of the run.
    public var items: [(delivery: LeasedDelivery, outcome: ItemOutcome)]
    /// The triggers that wait for the function's success with an object.
    public var onSucceeded: [DeliveryPlan] = []
    /// The triggers that wait for an object becoming a dead letter of the function.
    public var onFailed: [DeliveryPlan] = []
    /// Whether an object stands for all earlier ones of its trigger and table, as the newest commit
    /// of a lake table does for whoever reads the table.
    ///
    /// Defaults to false.
    public var isCumulative = false
    /// The records of deliveries that are done or become dead letters, by delivery.
    public var records: [Int64: EventRecord] = [:]
    /// The deliveries that are given up because of their age, by id.
    public var overAge: Set<Int64> = []
    /// The catalog version that the run answered, for the events of `onSucceeded`.
    public var catalogVersion: Int?

    /// Puts the end of a run together.
    public init(
        requestID: String,
        outcome: RunOutcome,
        exitCode: Int32? = nil,
        signal: Int32? = nil,
        durationMicroseconds: Int64,
        peakMemory: Int64,
        failure: HandlerFailure? = nil,
        result: String? = nil,
        items: [(delivery: LeasedDelivery, outcome: ItemOutcome)]
    ) {
        self.requestID = requestID
        self.outcome = outcome
        self.exitCode = exitCode
        self.signal = signal
        self.durationMicroseconds = durationMicroseconds
        self.peakMemory = peakMemory
        self.failure = failure
        self.result = result
        self.items = items
    }
}

/// What has to happen once the end of a run is recorded.
public struct SettleOutcome: Sendable, Equatable {
    /// Deliveries that have to be run: retries, halves, and what the end triggered.
    public var pending: [PendingDelivery] = []
    /// Objects that are not what their delivery says although no newer version is recorded: to be
    /// digested anew.
    public var toDigest: [ObjectKey] = []
    /// The source versions of deliveries that became dead letters.
    public var dead: [Sequencer] = []
    /// Whether records have to be written to files.
    public var hasFiles = false

    /// Nothing has to happen.
    public init() {}
}
