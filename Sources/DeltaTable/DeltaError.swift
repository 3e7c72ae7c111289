/// Why a Delta table could not be read or written.
///
/// A lost race for a version is no error: see `CommitOutcome.conflict`.
public struct DeltaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller can do about it.
    public enum Code: String, Sendable {
        /// The file system refused a step; trying again may help.
        case storage
        /// The log breaks the protocol; nothing helps but another log.
        case corrupt
        /// The table uses features that Sluice does not know.
        case unsupported
    }

    /// The recovery class.
    public let code: Code
    /// The step that failed, as a verb phrase such as `read lake/t/_delta_log/7.json`.
    public let step: String
    /// What the layer below said, verbatim, or what is wrong.
    public let detail: String
    /// Whether a commit may be there although it was reported as failed: what it names has to stay.
    public internal(set) var mayBeCommitted = false

    /// An error of one step.
    public init(_ code: Code, step: String, detail: String) {
        self.code = code
        self.step = step
        self.detail = detail
    }

    /// One line for a terminal or a log.
    public var description: String { "Delta table: cannot \(step): \(detail) [\(code)]" }
}
