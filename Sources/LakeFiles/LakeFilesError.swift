public import DuckDB

/// Why data files of a lake table could not be written or removed.
public struct LakeFilesError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed, as a verb phrase.
    public let step: String
    /// What the layer below said, verbatim.
    public let detail: String

    /// Whether rows belong to more partitions than ``LakeInput/mostPartitions``.
    public let isTooManyPartitions: Bool

    /// An error of one step.
    public init(step: String, detail: String) {
        self.step = step
        self.detail = detail
        isTooManyPartitions = false
    }

    /// There are more partitions than the writer was told to make.
    init(table: String, mostPartitions: Int) {
        step = "part the rows of \(table)"
        detail = "they belong to more than \(mostPartitions) partitions"
        isTooManyPartitions = true
    }

    /// A step that DuckDB refused.
    public init(step: String, _ cause: DuckDBError) {
        self.init(step: step, detail: cause.message)
    }

    /// One line for a terminal or a log.
    public var description: String { "lake files: cannot \(step): \(detail)" }
}
