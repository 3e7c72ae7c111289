public import Events

/// One version of one dropped file, as a table's `_source` and `_seq` name it.
public struct VersionName: Hashable, Sendable, Codable {
    /// `bucket/key`.
    public var source: String
    /// The sequencer as a number.
    public var sequencer: Int64

    /// Names a version.
    public init(source: String, sequencer: Int64) {
        self.source = source
        self.sequencer = sequencer
    }

    /// The name of an object's version.
    public init(_ version: ObjectVersion) {
        self.init(source: version.source, sequencer: version.sequencer.column)
    }

    /// The sequencer in 16 digits.
    public var digits: String { Sequencer(rawValue: UInt64(max(0, sequencer))).description }
}

/// What one table, in the lake or in the warehouse, says that it holds, and what it holds.
public struct TableContent: Sendable, Codable, Equatable {
    /// A version that the table's own history names.
    public struct Load: Sendable, Codable, Equatable {
        /// The version.
        public var name: VersionName
        /// Good rows, as the history has them; nil where it does not tell.
        public var rows: Int64?
        /// Bad rows, as the history has them; nil where it does not tell.
        public var rejected: Int64?
        /// The dropped file's eTag; nil where the history does not tell.
        public var eTag: String?
        /// Whether the history counts the version as part of the table.
        public var isCurrent: Bool

        /// Puts a load together.
        public init(
            name: VersionName,
            rows: Int64?,
            rejected: Int64?,
            eTag: String? = nil,
            isCurrent: Bool = true
        ) {
            self.name = name
            self.rows = rows
            self.rejected = rejected
            self.eTag = eTag
            self.isCurrent = isCurrent
        }
    }

    /// The rows of one version, as they were counted.
    public struct Rows: Sendable, Codable, Equatable {
        /// The version.
        public var name: VersionName
        /// How many there are.
        public var count: Int64
        /// A sum over a hash of each row, which does not depend on their order; nil where the content
        /// was not looked at.
        public var digest: String?

        /// Puts figures together.
        public init(name: VersionName, count: Int64, digest: String? = nil) {
            self.name = name
            self.count = count
            self.digest = digest
        }
    }

    /// The history: transactions of a Delta log, rows of `sluice_loads`.
    public var loads: [Load] = []
    /// Removals that the history names: no rows of older versions of their files may be there.
    public var removals: [VersionName] = []
    /// The rows by version.
    public var rows: [Rows] = []
    /// Rows that name no source: other programs' own.
    public var foreignRows: Int64 = 0
    /// A sum over a hash of each of these, in a table that comes from the lake alone; nil where the
    /// content was not looked at.
    public var foreignDigest: String?
    /// How many values of the table's keys have more than one row; nil where it has no keys.
    public var doubledKeys: Int64?
    /// How many partitions have rows of more than one version; nil where the mode allows it.
    public var sharedPartitions: Int64?
    /// Whether all rows could be counted.
    public var isCounted = true

    /// A table without rows or history.
    public init() {}

    /// The removal that ended a version; nil where there is none.
    public func removal(of name: VersionName) -> VersionName? {
        removals.first { $0.source == name.source && $0.sequencer > name.sequencer }
    }

    /// All rows.
    public var totalRows: Int64 { rows.reduce(foreignRows) { $0 + $1.count } }
}
