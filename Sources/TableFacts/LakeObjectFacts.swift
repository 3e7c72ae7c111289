public import Events

/// What a commit of a lake table did.
public struct CommitFacts: Sendable, Codable, Equatable {
    /// The table.
    public var table: String
    /// The version of the table that the commit made.
    public var version: Int64
    /// The table's newest version.
    public var newest: Int64?
    /// When, in milliseconds since 1970.
    public var at: Int64?
    /// What was done, for example `WRITE`; nil where the writer does not tell.
    public var operation: String?
    /// Which program did it.
    public var engine: String?
    /// The object versions that it brought.
    public var sources: [Source] = []
    /// Data files that became part of the table.
    public var added = 0
    /// Data files that left it.
    public var removed = 0
    /// Rows in the files that became part of it, as far as statistics tell.
    public var rows: Int64 = 0
    /// Why something of this is not known.
    public var problem: String?

    /// Nothing is known yet.
    public init(table: String, version: Int64) {
        self.table = table
        self.version = version
    }

    /// An object version that a commit brought.
    public struct Source: Sendable, Codable, Equatable {
        /// `bucket/key`.
        public var object: String
        /// The object's version.
        public var sequencer: Sequencer
        /// Rows of it.
        public var rows: Int64
        /// Records of it that are in quarantine.
        public var rejected: Int64

        /// Puts a source together.
        public init(object: String, sequencer: Sequencer, rows: Int64, rejected: Int64) {
            self.object = object
            self.sequencer = sequencer
            self.rows = rows
            self.rejected = rejected
        }
    }
}

/// What a data file of a lake table is.
public struct DataFileFacts: Sendable, Codable, Equatable {
    /// The table.
    public var table: String
    /// The path below the table's folder.
    public var path: String
    /// The version of the table with which it became part of it; nil when no commit that is still
    /// there says so.
    public var addedIn: Int64?
    /// The version with which it left the table.
    public var removedIn: Int64?
    /// Whether it is part of the newest version.
    public var isPresent = false
    /// The rows that are in it, by object version.
    public var sources: [CommitFacts.Source] = []
    /// Why something of this is not known.
    public var problem: String?

    /// Nothing is known yet.
    public init(table: String, path: String) {
        self.table = table
        self.path = path
    }
}
