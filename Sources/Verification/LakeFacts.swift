/// What the folder of one lake table holds: its log, its data files, and their rows.
public struct LakeFacts: Sendable, Codable, Equatable {
    /// The table.
    public var table: String
    /// The newest version; nil where there is no log or it cannot be read.
    public var version: Int64?
    /// The newest version with which rows came or went, and were not only rearranged.
    public var dataVersion: Int64?
    /// The table's id, a UUID that stays.
    public var id: String?
    /// The newest version that changed rows or columns; nil where the log does not tell.
    public var changedVersion: Int64?
    /// Why the log cannot be read; nil where it can.
    public var problem: String?
    /// The oldest commit that is there.
    public var oldestCommit: Int64?
    /// Commits that are not there although older and newer ones, or their checkpoint, are.
    public var missingCommits: [Int64] = []
    /// What a checkpoint says otherwise than the commits before it.
    public var checkpointDifferences: [String] = []
    /// The modes in which commits were made, each once.
    public var modes: [String] = []
    /// Paths that the log adds a second time, with the commit that does.
    public var doubledFiles: [DoubledFile] = []
    /// The data files of the newest version.
    public var files: [DataFile] = []
    /// Files in the folder that no entry of the log ever named.
    public var orphans: [OrphanedFile] = []
    /// The columns in Glue's types.
    public var columns: [ColumnFacts] = []
    /// Columns whose values part the files.
    public var partitionColumns: [String] = []
    /// Versions and rows.
    public var content = TableContent()
    /// Transactions of `similarity`: the input version as of which all results are current, by table.
    public var resultsCurrentAsOf: [String: Int64] = [:]
    /// Transactions of `derive`: the version of each table that this one is made of.
    public var derivedFrom: [String: Int64] = [:]

    /// A table about which nothing is known yet.
    public init(table: String) { self.table = table }

    /// A data file of the newest version: what the log says, and what is there.
    public struct DataFile: Sendable, Codable, Equatable {
        /// The path below the table's folder, or absolute.
        public var path: String
        /// Bytes, by the log.
        public var expectedSize: Int64
        /// Rows, by the log; nil where it does not tell.
        public var expectedRows: Int64?
        /// Bytes; nil where there is no file.
        public var size: Int64?
        /// Rows, by the file's own footer; nil where that cannot be read.
        public var rows: Int64?
        /// Why the file cannot be read; nil where it can.
        public var problem: String?
        /// What the log's bounds of `_source` and `_seq` are, where the file's footer says otherwise.
        public var wrongBounds: String?
        /// The folder that the log's partition values ask for, where the file is in another.
        public var expectedFolder: String?

        /// A file by what the log says of it.
        public init(path: String, expectedSize: Int64, expectedRows: Int64?) {
            self.path = path
            self.expectedSize = expectedSize
            self.expectedRows = expectedRows
        }
    }

    /// A file that no entry of the log ever named.
    public struct OrphanedFile: Sendable, Codable, Equatable {
        /// The path below the table's folder.
        public var path: String
        /// Bytes.
        public var size: Int64
        /// When it was last written, in microseconds since 1970.
        public var modified: Int64

        /// Puts a file together.
        public init(path: String, size: Int64, modified: Int64) {
            self.path = path
            self.size = size
            self.modified = modified
        }
    }

    /// A path that the log adds although it is part of the table already.
    public struct DoubledFile: Sendable, Codable, Equatable {
        /// The path below the table's folder.
        public var path: String
        /// The commit that adds it again.
        public var commit: Int64

        /// Puts a path and a commit together.
        public init(path: String, commit: Int64) {
            self.path = path
            self.commit = commit
        }
    }
}

/// A column of a table.
public struct ColumnFacts: Sendable, Codable, Equatable {
    /// The name.
    public var name: String
    /// The type in Glue's names.
    public var type: String

    /// Puts a column together.
    public init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}
