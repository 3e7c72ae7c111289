public import Events

/// What a daemon has done since it was started, and, when it ended by itself, what it left.
public struct DaemonSummary: Sendable, Equatable {
    /// Object versions that were new.
    public var versions = 0
    /// Runs that ended.
    public var runs = 0
    /// Deliveries that became dead letters.
    public var deadLetters = 0
    /// Runs at this moment.
    public var running = 0
    /// Deliveries that wait for a run at this moment.
    public var pending = 0
    /// Left by `up --once`: deliveries of functions with concurrency 0, by function.
    public var leftPaused: [String: Int] = [:]
    /// Left by `up --once`: deliveries of functions that still answer "not now", by function.
    public var leftNotNow: [String: Int] = [:]
    /// Left by `up --once`: files that somebody still has open for writing.
    public var leftOpen: [ObjectKey] = []
    /// Deliveries in the ledger of triggers or functions that the configuration does not have.
    public var foreign = 0

    /// Whether `up --once` has done everything it was asked for: no dead letter made, nothing left
    /// that still answers "not now".
    public var isSuccess: Bool { deadLetters == 0 && leftNotNow.isEmpty }
}
