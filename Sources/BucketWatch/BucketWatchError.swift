/// Why folders cannot be watched.
public struct BucketWatchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller can do about it.
    public enum Code: String, Sendable {
        /// A limit of the system; the detail names the setting.
        case limit
        /// The buckets folder is missing or not readable.
        case unreachable
    }

    /// The recovery class of this failure.
    public let code: Code
    /// The step that failed, as a verb phrase such as `watch /data/buckets`.
    public let operation: String
    /// What the layer below said, and what to do.
    public let detail: String

    /// One line for a terminal or a log.
    public var description: String { "cannot \(operation): \(detail)" }
}
