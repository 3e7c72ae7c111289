public import Events

/// What the ledger remembers, read twice: before and after everything else was looked at.
public struct LedgerFacts: Sendable, Equatable {
    /// The newest recorded version of each key.
    public var newest: [ObjectKey: RecordedObject] = [:]
    /// Every recorded manifest's newest version, by the version that it describes.
    public var manifests: [VersionName: RecordedObject] = [:]
    /// Dropped versions that were recorded, whether newest or not.
    public var versions: Set<VersionName> = []
    /// Removals whose manifests were recorded.
    public var removals: Set<VersionName> = []
    /// The versions whose manifests a function was done with, by function and table.
    public var accepted: [String: [String: Set<VersionName>]] = [:]
    /// Sources, as `bucket/key`, of which something was under way or changed between the readings.
    public var moving: Set<String> = []
    /// Tables of which something was under way or changed between the readings.
    public var movingTables: Set<String> = []
    /// The runs that were under way at some time between the readings.
    public var runs: [ActiveRun] = []
    /// What waits for its turn, runs or waits for another try.
    public var open: [OpenDelivery] = []
    /// How many dead letters there are.
    public var deadLetters = 0
    /// The version of the catalog entry that the newest crawl of each table answered.
    public var catalogVersions: [String: Int] = [:]
    /// Which triggers ever sent an end of a crawl, with the sequencer of the first manifest.
    public var firstCrawled: [String: Sequencer] = [:]
    /// What SQLite's own checks say of the file; empty when it is whole.
    public var damages: [String] = []
    /// Whether the file could be read at all.
    public var isReadable = true
    /// Whether a daemon runs.
    public var isRunning = false
    /// The time of the second reading, in microseconds since 1970.
    public var time: Int64 = 0

    /// An empty ledger.
    public init() {}

    /// One recorded object version.
    public struct RecordedObject: Sendable, Equatable {
        /// The version.
        public var version: ObjectVersion
        /// The table.
        public var table: String
        /// The dropped version that it stems from.
        public var source: VersionName
        /// Whether the file was deleted since.
        public var isDeleted: Bool
        /// Whether its chunks were purged.
        public var isPurged: Bool
        /// What it set off.
        public var deliveries: [Delivery]
        /// Whether that is forgotten, see `retention`.
        public var isPruned = false

        /// Puts an object together.
        public init(
            version: ObjectVersion,
            table: String,
            source: VersionName,
            isDeleted: Bool = false,
            isPurged: Bool = false,
            deliveries: [Delivery]
        ) {
            self.version = version
            self.table = table
            self.source = source
            self.isDeleted = isDeleted
            self.isPurged = isPurged
            self.deliveries = deliveries
        }
    }

    /// What one trigger owes one version.
    public struct Delivery: Sendable, Equatable {
        /// The trigger.
        public var trigger: String
        /// The function.
        public var function: String
        /// How far it has come.
        public var state: State

        /// Puts a delivery together.
        public init(trigger: String, function: String, state: State) {
            self.trigger = trigger
            self.function = function
            self.state = state
        }
    }

    /// How far a delivery has come.
    public enum State: String, Sendable {
        /// Its turn will come.
        case queued
        /// A run has it.
        case running
        /// It waits for another try.
        case waiting
        /// It succeeded.
        case done
        /// A newer version made it needless.
        case superseded
        /// It is a dead letter.
        case dead
        /// The object was deleted, or a newer version was accepted.
        case cancelled
        /// It was a dead letter, and somebody has forgotten it.
        case purged

        /// Whether something is still to come.
        public var isOpen: Bool { self == .queued || self == .running || self == .waiting }
    }

    /// A delivery that is not settled.
    public struct OpenDelivery: Sendable, Equatable {
        /// The object, as `bucket/key`.
        public var object: String
        /// The dropped file that it stems from, as `bucket/key`.
        public var source: String
        /// The table.
        public var table: String
        /// The function.
        public var function: String
        /// How far it has come.
        public var state: State

        /// Puts a delivery together.
        public init(
            object: String,
            source: String,
            table: String,
            function: String,
            state: State
        ) {
            self.object = object
            self.source = source
            self.table = table
            self.function = function
            self.state = state
        }
    }

    /// A run that was under way.
    public struct ActiveRun: Sendable, Equatable {
        /// The function.
        public var function: String
        /// The table; empty for none.
        public var table: String
        /// When it began, in microseconds since 1970.
        public var startedAt: Int64

        /// Puts a run together.
        public init(function: String, table: String, startedAt: Int64) {
            self.function = function
            self.table = table
            self.startedAt = startedAt
        }
    }
}
