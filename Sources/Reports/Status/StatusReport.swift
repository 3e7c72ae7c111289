public import Events
public import Ledger

/// How everything stands: the facts of `sluice status`.
public struct StatusReport: Sendable, Encodable {
    /// The `sluice up` that runs; nil when none does.
    public var daemon: DaemonStory?
    /// Keys that are present, in all buckets.
    public var objects = 0
    /// Deliveries that wait for their turn.
    public var queued = 0
    /// Deliveries that a run has.
    public var running = 0
    /// Deliveries that wait for another try.
    public var waiting = 0
    /// Object versions that some function has given up.
    public var deadLetters = 0
    /// Bad rows in quarantine; what `convert` and `load` both reject counts once.
    public var rejectedRows = 0
    /// Each function that the settings have or that ever had a delivery.
    public var functions: [String: FunctionStatus] = [:]
    /// Each table that ever had a delivery.
    public var tables: [String: LedgerStatus.Counts] = [:]
    /// The runs that have not ended, oldest first.
    public var runs: [RunningStory] = []
    /// The functions that answered "not now".
    public var pauses: [PauseStory] = []
    /// The schedules of the last `sluice up`.
    public var schedules: [ScheduleReport] = []
    /// The dead letters, a version once, oldest first.
    public var failures: [FailureStory] = []
    /// The bad rows by table.
    public var rejected: [String: RejectedRows.OfTable] = [:]
    /// Files whose names cannot be keys, with the reason, by path.
    public var refusedNames: [String: String] = [:]
    /// Objects that some process has open for writing.
    public var openFiles: [OpenObject] = []
    /// Objects that are held back by a rule of their triggers, the first 1,000.
    public var heldFiles: [HeldStory] = []
    /// How many there are.
    public var held = 0
    /// What keeps changes from being noticed at once.
    public var watchNotices: [String] = []
    /// What else a reader should know.
    public var notes: [String] = []

    /// Nothing is known yet.
    public init() {}

    /// Whether nothing has to be run.
    var isSettled: Bool { queued + running + waiting == 0 }

    private enum CodingKeys: String, CodingKey {
        case pid, since, objects, queued, running, waiting, deadLetters, rejectedRows, functions
        case tables, schedules, runs, pauses, failures, rejected, refusedNames, openFiles, notes
        case held, heldFiles, watchNotices
    }

    /// Writes the facts; `pid` is null while no `sluice up` runs.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(daemon?.pid, forKey: .pid)
        try container.encode(daemon?.since, forKey: .since)
        try container.encode(objects, forKey: .objects)
        try container.encode(queued, forKey: .queued)
        try container.encode(running, forKey: .running)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(deadLetters, forKey: .deadLetters)
        try container.encode(rejectedRows, forKey: .rejectedRows)
        try container.encode(functions, forKey: .functions)
        try container.encode(tables, forKey: .tables)
        try container.encode(schedules, forKey: .schedules)
        try container.encode(runs, forKey: .runs)
        try container.encode(pauses, forKey: .pauses)
        try container.encode(failures, forKey: .failures)
        try container.encode(rejected, forKey: .rejected)
        try container.encode(refusedNames, forKey: .refusedNames)
        try container.encode(openFiles, forKey: .openFiles)
        try container.encode(held, forKey: .held)
        try container.encode(heldFiles, forKey: .heldFiles)
        try container.encode(watchNotices, forKey: .watchNotices)
        try container.encode(notes, forKey: .notes)
    }
}

/// How a function stands.
public struct FunctionStatus: Sendable, Encodable {
    /// Its deliveries by state.
    public var counts = LedgerStatus.Counts()
    /// When the oldest queued one was recorded.
    public var oldestQueuedAt: Moment?
    /// When the first that waits is due.
    public var nextTryAt: Moment?
    /// Whether its `concurrency` is 0, which pauses it.
    public var isOff = false
    /// Whether the settings have it.
    public var isKnown = true

    private enum CodingKeys: String, CodingKey {
        case queued, running, waiting, done, superseded, deadLetters, oldestQueuedAt, nextTryAt
        case isOff, isKnown
    }

    /// Writes counts and facts side by side.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(counts.queued, forKey: .queued)
        try container.encode(counts.running, forKey: .running)
        try container.encode(counts.waiting, forKey: .waiting)
        try container.encode(counts.done, forKey: .done)
        try container.encode(counts.superseded, forKey: .superseded)
        try container.encode(counts.deadLetters, forKey: .deadLetters)
        try container.encodeIfPresent(oldestQueuedAt, forKey: .oldestQueuedAt)
        try container.encodeIfPresent(nextTryAt, forKey: .nextTryAt)
        try container.encode(isOff, forKey: .isOff)
        try container.encode(isKnown, forKey: .isKnown)
    }
}

/// A run that has not ended.
public struct RunningStory: Sendable, Encodable, Equatable {
    /// The request id.
    public var requestID: String
    /// The function.
    public var function: String
    /// The table; empty when it has none.
    public var table: String
    /// How many objects it has.
    public var objects: Int
    /// When it began.
    public var startedAt: Moment
}

/// A version that some function has given up.
public struct FailureStory: Sendable, Encodable, Equatable {
    /// The object that users dropped, or the trigger of a schedule.
    public var object: String
    /// Its version.
    public var sequencer: Sequencer?
    /// The table.
    public var table: String
    /// The functions that gave it up.
    public var functions: [String]
    /// The short name of the first one's reason.
    public var errorType: String
    /// What failed, why, and what to do.
    public var errorMessage: String
    /// Failures that counted.
    public var attempts: Int
    /// When it became a dead letter.
    public var at: Moment
    /// The run that tried it last; nil when none did.
    public var requestID: String?
}

/// An object that a process has open for writing.
public struct OpenObject: Sendable, Encodable, Equatable {
    /// `bucket/key`.
    public var object: String
    /// The process.
    public var pid: Int32
    /// Its program's name.
    public var program: String
}
