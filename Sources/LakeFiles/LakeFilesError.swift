public import DuckDB

/// Why data files of a lake table could not be written or removed.
public struct LakeFilesError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed, as a verb phrase.
    public let step: String
    /// What the layer below said, verbatim.
    public let detail: String

    /// An error of one step.
    public init(step: String, detail: String) {
        self.step = step
        self.detail = detail
    }

    /// A step that DuckDB refused.
    public init(step: String, _ cause: DuckDBError) {
        self.init(step: step, detail: cause.message)
    }

    /// Whether the disk is full, so that trying again later may help.
    public var isDiskFull: Bool { detail.contains("No space left on device") }

    /// One line for a terminal or a log.
    public var description: String { "lake files: cannot \(step): \(detail)" }
}
