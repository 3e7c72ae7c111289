public import Events
public import Ledger

/// What a daemon has done since it was started, and, when it ended by itself, what it left.
public struct DaemonSummary: Sendable, Equatable {
    /// Object versions that were new.
    public var versions = 0
    /// Runs that ended.
    public var runs = 0
    /// Object versions that became dead letters.
    public var deadLetters = 0
    /// Versions for which nothing was left to do, see ``FinishedVersion``.
    public var finished = 0
    /// Runs at this moment.
    public var running = 0
    /// The same, each, oldest first.
    public var runningRuns: [Run] = []
    /// Deliveries that wait for a run at this moment.
    public var pending = 0
    /// The same by function.
    public var pendingByFunction: [String: Int] = [:]
    /// Functions that answered "not now" and are tried again later.
    public var pauses: [RecordedPause] = []
    /// Left by `up --once`: deliveries of functions with concurrency 0, by function.
    public var leftPaused: [String: Int] = [:]
    /// Left by `up --once`: deliveries of functions that still answer "not now", by function.
    public var leftNotNow: [String: Int] = [:]
    /// Left by `up --once`: files that somebody still has open for writing.
    public var leftOpen: [ObjectKey] = []
    /// Left by `up --once`: why records of ended events could not be written; nil when they are.
    public var leftRecords: String?
    /// Left by `up --once`: files that cannot be read, with the reason.
    public var leftUnreadable: [ObjectKey: String] = [:]
    /// Deliveries in the ledger of triggers or functions that the configuration does not have.
    public var foreign = 0

    /// A run that has not ended.
    public struct Run: Sendable, Equatable {
        /// The function.
        public var function: String
        /// The table; empty when it has none.
        public var table: String
        /// How many objects it has.
        public var items: Int
        /// When it began, in microseconds since 1970.
        public var since: Int64

        /// Puts a run together.
        public init(function: String, table: String, items: Int, since: Int64) {
            self.function = function
            self.table = table
            self.items = items
            self.since = since
        }
    }

    /// Nothing has happened yet.
    public init() {}

    /// Whether `up --once` has done everything it was asked for: no dead letter made, nothing left
    /// that still answers "not now", every record written, no file that cannot be read.
    public var isSuccess: Bool {
        deadLetters == 0 && leftNotNow.isEmpty && leftRecords == nil && leftUnreadable.isEmpty
    }
}
