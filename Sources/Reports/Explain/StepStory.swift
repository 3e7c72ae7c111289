public import Events
public import Ledger

/// What one trigger owes a version: a function's work on it.
public struct StepStory: Sendable, Encodable {
    /// The function.
    public var function: String
    /// The trigger.
    public var trigger: String
    /// What it tells the function, as `ObjectCreated:Put`.
    public var event: String
    /// Where it stands.
    public var state: DeliveryState
    /// Failures that counted.
    public var attempts: Int
    /// When it was recorded.
    public var recordedAt: Moment
    /// When it may be tried again.
    public var dueAt: Moment?
    /// When it was settled.
    public var endedAt: Moment?
    /// The last failure's short name.
    public var errorType: String?
    /// The last failure.
    public var errorMessage: String?
    /// How many deliveries of the function are queued before this one, of one that is queued.
    public var queuedBefore: Int?
    /// What the function answered for the version.
    public var answer: JSONValue?
    /// The runs that had it, oldest first.
    public var runs: [RunStory] = []
    /// Where records of its end went.
    public var records: [RecordStory] = []

    init(_ delivery: RecordedDelivery) {
        function = delivery.function
        trigger = delivery.trigger
        event = delivery.event.rawValue
        state = delivery.state
        attempts = delivery.attempts
        recordedAt = Moment(delivery.recordedAt)
        dueAt = delivery.dueAt.map(Moment.init)
        endedAt = delivery.endedAt.map(Moment.init)
        errorType = delivery.errorType
        errorMessage = delivery.errorMessage
        records = delivery.records.map(RecordStory.init)
    }

    private enum CodingKeys: String, CodingKey {
        case function, trigger, event, state, attempts, recordedAt, dueAt, endedAt, errorType
        case errorMessage, queuedBefore, answer, runs, records
    }

    /// Writes the facts; the state by its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(function, forKey: .function)
        try container.encode(trigger, forKey: .trigger)
        try container.encode(event, forKey: .event)
        try container.encode(state.rawValue, forKey: .state)
        try container.encode(attempts, forKey: .attempts)
        try container.encode(recordedAt, forKey: .recordedAt)
        try container.encodeIfPresent(dueAt, forKey: .dueAt)
        try container.encodeIfPresent(endedAt, forKey: .endedAt)
        try container.encodeIfPresent(errorType, forKey: .errorType)
        try container.encodeIfPresent(errorMessage, forKey: .errorMessage)
        try container.encodeIfPresent(queuedBefore, forKey: .queuedBefore)
        try container.encodeIfPresent(answer, forKey: .answer)
        try container.encode(runs, forKey: .runs)
        try container.encode(records, forKey: .records)
    }
}

/// A record that went to a destination.
public struct RecordStory: Sendable, Encodable, Equatable {
    /// `Success`, `RetriesExhausted` or `EventAgeExceeded`.
    public var condition: String
    /// The run whose end it tells.
    public var requestID: String
    /// The file, as `bucket/key`, or the function.
    public var destination: String
    /// How far it has come, as `written` or `done`.
    public var state: String

    init(_ record: RecordedRecord) {
        condition = record.condition
        requestID = record.requestID
        destination = record.place
        state = record.state
    }
}

/// A run that had a version.
public struct RunStory: Sendable, Encodable, Equatable {
    /// The request id.
    public var requestID: String
    /// When it began.
    public var startedAt: Moment
    /// How long it ran, in seconds; nil while it runs.
    public var seconds: Double?
    /// The most memory it held, in bytes.
    public var peakMemory: Int64?
    /// How it ended, as `succeeded`; nil while it runs.
    public var outcome: String?
    /// The exit code.
    public var exitCode: Int?
    /// The signal that ended it.
    public var signal: Int?
    /// How many objects it had.
    public var objects: Int
    /// What became of this version in it, as `done`, `retry` or `dead`.
    public var itemOutcome: String?
    /// The failure's short name.
    public var errorType: String?
    /// The failure.
    public var errorMessage: String?
    /// The path of its log.
    public var log: String
    /// The last lines of its log, of a run that failed; nil where there is no log any more.
    public var logTail: [String]?

    init(_ tried: RecordedTry) {
        let run = tried.run
        requestID = run.requestID
        startedAt = Moment(run.startedAt)
        seconds = run.durationMicroseconds.map { Double($0) / 1_000_000 }
        peakMemory = run.peakMemory
        outcome = run.outcome?.rawValue
        exitCode = run.exitCode
        signal = run.signal
        objects = run.items
        itemOutcome = tried.outcome
        errorType = tried.errorType ?? run.errorType
        errorMessage = tried.errorMessage ?? run.errorMessage
        log = run.logPath
    }

    /// Whether this version failed in it.
    var isFailed: Bool { itemOutcome != nil && itemOutcome != "done" }
}
