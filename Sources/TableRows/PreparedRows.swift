public import Buckets
import DuckDB
public import Events

/// Object versions ready to be written to a table.
public struct PreparedRows: Sendable {
    /// The table's columns in order, without `_source` and `_seq`.
    public var columns: [ColumnType.Field]
    /// The versions whose rows can be used, in the order given.
    public var versions: [PreparedVersion]
    /// The versions of which nothing may be loaded.
    public var refusals: [VersionRefusal]
    /// Counts the rows of versions that are looked at while they are read.
    var tally: RowTally?

    /// Whether versions are looked at only while they are read.
    public var isReadInPassing: Bool { tally != nil }

    /// Makes ready for a statement that reads rows of versions, each version once.
    public func beginReading() { tally?.reset() }

    /// Whether every record of these versions has been looked at, and is a row.
    ///
    /// To be asked after the statement, and before anything that it wrote is part of a table.
    public func areProven(_ versions: [PreparedVersion]) -> Bool {
        guard let counts = tally?.counts else { return true }
        return versions.allSatisfy { version in
            guard let place = version.chunks?.place else { return true }
            return ChunkCounter.isWhole(version.manifest, counts, from: place)
        }
    }
}

/// One version that is good as a whole.
public struct PreparedVersion: Sendable {
    /// The version.
    public var manifest: Manifest
    /// How many rows it has in the table by itself.
    public var rows: Int
    /// How many of its records are no rows.
    public var rejected: Int
    /// SQL, a `SELECT` in parentheses: the table's columns, `_source` and `_seq`, and last `#row`, the
    /// place of the row within the version, where that was asked for.
    ///
    /// Valid for the connection that prepared it, until the handler ends. Many versions are read
    /// faster by ``TableReader/relations(of:)``.
    public var relation: String
    /// How its chunks are read as they are; nil where that cannot be, or rows are transformed.
    var chunks: WholeChunks?
}

/// Chunks that are read as they are.
struct WholeChunks: Sendable {
    /// How their text becomes columns.
    var plan: ColumnPlan
    /// Their files.
    var files: [String]
    /// The number of the first chunk in the tally of its rows; nil where they were counted before.
    var place: Int?
    /// What counts them.
    var tally: RowTally?
}

/// One version that is refused as a whole: a dead letter at once.
public struct VersionRefusal: Error, Equatable, Sendable {
    /// The version.
    public var source: ObjectVersion
    /// A short name such as `NoGoodRow`.
    public var type: String
    /// What failed, why, and what to do.
    public var message: String

    /// Puts a refusal together.
    public init(source: ObjectVersion, type: String, message: String) {
        self.source = source
        self.type = type
        self.message = message
    }
}
