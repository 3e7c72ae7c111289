public import Events

/// A delivery that will not be tried again by itself.
public struct DeadLetter: Sendable, Equatable {
    /// The trigger.
    public var trigger: String
    /// The function that could not handle it.
    public var function: String
    /// The table.
    public var table: String
    /// The object in the event; nil for a schedule.
    public var object: ObjectVersion?
    /// The version the object stems from: what the user dropped.
    public var source: ObjectVersion?
    /// A short name such as `NoGoodRow`.
    public var errorType: String
    /// What failed, why, and what to do.
    public var errorMessage: String
    /// Failures that counted.
    public var attempts: Int
    /// When it became one, in microseconds since 1970.
    public var endedAt: Int64
    /// The last run that tried it; nil when none did.
    public var requestID: String?
}

/// A run, as `sluice logs` and `sluice explain` name it.
public struct RecordedRun: Sendable, Equatable {
    /// The request id.
    public var requestID: String
    /// The function.
    public var function: String
    /// The table; empty when it has none.
    public var table: String
    /// How many deliveries it had; of a run by hand, how many objects, at least 1.
    public var items: Int
    /// The trigger.
    public var trigger: String
    /// The path of its log.
    public var logPath: String
    /// When it began, in microseconds since 1970.
    public var startedAt: Int64
    /// When it ended; nil while it runs.
    public var endedAt: Int64?
    /// How it ended; nil while it runs.
    public var outcome: RunOutcome?
    /// How long it ran, in microseconds.
    public var durationMicroseconds: Int64?
    /// The most memory it used, in bytes.
    public var peakMemory: Int64?
    /// What went wrong, in a word.
    public var errorType: String?
    /// What went wrong.
    public var errorMessage: String?
    /// What it answered, as JSON; nil also when that was long.
    public var result: String?
    /// The exit code, unless a signal ended it.
    public var exitCode: Int?
    /// The signal that ended it.
    public var signal: Int?
}
