public import Buckets
public import Events

/// Object versions whose every record has been looked at, ready to be written to a table.
public struct PreparedRows: Sendable {
    /// The table's columns in order, without `_source` and `_seq`.
    public var columns: [ColumnType.Field]
    /// The versions whose rows can be used, in the order given.
    public var versions: [PreparedVersion]
    /// The versions of which nothing may be loaded.
    public var refusals: [VersionRefusal]
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
    /// Valid for the connection that prepared it, until the handler ends.
    public var relation: String
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
