public import DuckDB

/// What a writer is told of rows that may be more than memory holds.
public struct LakeInput: Sendable {
    /// About how many bytes of text the rows come from.
    public var size: Int64
    /// A folder for files that live no longer than the call.
    public var scratchFolder: String
    /// Columns that have one value in all rows, a text or a whole number.
    ///
    /// They are neither sorted nor kept in between, and cost next to nothing in the files.
    public var constants: [String: SQLValue] = [:]
    /// More partitions than this are refused; `nil` for no limit.
    public var mostPartitions: Int?

    /// Tells of rows.
    public init(size: Int64, scratchFolder: String) {
        self.size = size
        self.scratchFolder = scratchFolder
    }

    /// How much text is sorted at once: with its sorted copy it stays well within the memory that
    /// DuckDB has in a function of 1 GiB.
    static let bucketSize: Int64 = 48 << 20

    /// Into how many buckets the rows are parted before they are sorted.
    var bucketCount: Int64 { min(128, (size + Self.bucketSize - 1) / Self.bucketSize) }
}
