public import Events

/// What lake and warehouse know of an object, as `sluice-sql object` prints it.
///
/// One of the three parts is there, as the object is one of which rows are made, a commit of a lake
/// table, or one of its data files.
public struct TableFacts: Sendable, Codable, Equatable {
    /// Of an object of which rows are made.
    public var rows: RowFacts?
    /// Of a commit.
    public var commit: CommitFacts?
    /// Of a data file.
    public var file: DataFileFacts?

    /// Nothing is known yet.
    public init() {}
}

/// Where the rows of an object are, every version of it.
public struct RowFacts: Sendable, Codable, Equatable {
    /// The lake table.
    public var lake: LakeRows
    /// The table of the warehouse.
    public var warehouse: WarehouseRows

    /// Puts facts together.
    public init(lake: LakeRows, warehouse: WarehouseRows) {
        self.lake = lake
        self.warehouse = warehouse
    }
}

/// What a lake table holds of an object.
public struct LakeRows: Sendable, Codable, Equatable {
    /// The table.
    public var table: String
    /// Its newest version; nil when there is no such table.
    public var version: Int64?
    /// The object's versions that are part of the table now, perhaps without rows.
    public var accepted: [Sequencer] = []
    /// The commits that brought versions of the object, oldest first.
    public var commits: [Commit] = []
    /// The rows that are in the table now, by version.
    public var present: [Present] = []
    /// Why something of this is not known.
    public var problem: String?

    /// Nothing is known yet.
    public init(table: String) { self.table = table }

    /// A commit that brought a version.
    public struct Commit: Sendable, Codable, Equatable {
        /// The version of the table.
        public var version: Int64
        /// When, in milliseconds since 1970.
        public var at: Int64?
        /// The object's version.
        public var sequencer: Sequencer
        /// Rows of the object's version.
        public var rows: Int64
        /// Records of it that are in quarantine.
        public var rejected: Int64

        /// Puts a commit together.
        public init(version: Int64, at: Int64?, sequencer: Sequencer, rows: Int64, rejected: Int64)
        {
            self.version = version
            self.at = at
            self.sequencer = sequencer
            self.rows = rows
            self.rejected = rejected
        }
    }

    /// Rows of one version.
    public struct Present: Sendable, Codable, Equatable {
        /// The object's version.
        public var sequencer: Sequencer
        /// How many there are.
        public var rows: Int64
        /// The data files that hold them, below the table's folder.
        public var files: [String]

        /// Puts rows together.
        public init(sequencer: Sequencer, rows: Int64, files: [String]) {
            self.sequencer = sequencer
            self.rows = rows
            self.files = files
        }
    }
}

/// What the warehouse holds of an object.
public struct WarehouseRows: Sendable, Codable, Equatable {
    /// The file, or the server without its password.
    public var place: String
    /// The table.
    public var table: String
    /// Whether there is such a table.
    public var exists = false
    /// The load history of the object, oldest first.
    public var loads: [Load] = []
    /// The rows that are in the table now, by version.
    public var present: [Present] = []
    /// Why something of this is not known, as when somebody else holds the file.
    public var problem: String?

    /// Nothing is known yet.
    public init(place: String, table: String) {
        self.place = place
        self.table = table
    }

    /// A row of the load history.
    public struct Load: Sendable, Codable, Equatable {
        /// The object's version.
        public var sequencer: Sequencer
        /// Rows of it.
        public var rows: Int64
        /// Records of it that are in quarantine.
        public var rejected: Int64
        /// `loaded` or `replaced`.
        public var status: String
        /// When, in microseconds since 1970.
        public var at: Int64

        /// Puts a row together.
        public init(sequencer: Sequencer, rows: Int64, rejected: Int64, status: String, at: Int64) {
            self.sequencer = sequencer
            self.rows = rows
            self.rejected = rejected
            self.status = status
            self.at = at
        }
    }

    /// Rows of one version.
    public struct Present: Sendable, Codable, Equatable {
        /// The object's version.
        public var sequencer: Sequencer
        /// How many there are.
        public var rows: Int64

        /// Puts rows together.
        public init(sequencer: Sequencer, rows: Int64) {
            self.sequencer = sequencer
            self.rows = rows
        }
    }
}
