public import Events

/// Everything the ledger remembers of objects, as one reading shows it.
public struct LedgerInventory: Sendable {
    /// Every recorded object version, in the order of their sequencers.
    public var objects: [Object] = []
    /// The runs that were under way at the time asked for, or began later.
    public var runs: [RecordedRun] = []
    /// What SQLite's own checks of the file say; empty when it is whole.
    public var damages: [String] = []

    /// An empty ledger.
    public init() {}

    /// One recorded object version.
    public struct Object: Sendable, Hashable {
        /// The version.
        public var version: ObjectVersion
        /// The table.
        public var table: String
        /// The dropped version that it stems from; itself unless it is a manifest.
        public var source: ObjectVersion
        /// The file's state when it was last seen.
        public var identity: FileIdentity
        /// When it was read last, in microseconds since 1970.
        public var checkedAt: Int64
        /// Whether the file was deleted since.
        public var isDeleted: Bool
        /// Whether its chunks were purged.
        public var isPurged: Bool
        /// Whether what it set off is forgotten, see `retention`.
        public var isPruned = false
        /// What it set off, in the order of recording.
        public var deliveries: [Delivery] = []

        /// The version as dispatch knows it.
        public var known: KnownObject {
            KnownObject(
                version: version,
                identity: identity,
                isDeleted: isDeleted,
                checkedAt: checkedAt
            )
        }
    }

    /// What one trigger owes one version.
    public struct Delivery: Sendable, Hashable {
        /// The trigger.
        public var trigger: String
        /// The function.
        public var function: String
        /// What it tells the function.
        public var event: String
        /// `queued`, `running`, `waiting`, `done`, `superseded`, `dead` or `cancelled`.
        public var state: String
        /// The least catalog version to use, for the end of a crawl.
        public var catalogVersion: Int?
    }
}
