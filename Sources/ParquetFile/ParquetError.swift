import Glibc

/// Why a Parquet file could not be written.
public struct ParquetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed, as a verb phrase with the path, such as `write to lake/t/a.parquet`.
    public let step: String
    /// What the system said.
    public let detail: String

    /// One line for a terminal or a log.
    public var description: String { "Parquet: cannot \(step): \(detail)" }

    /// An error of the system call that failed last.
    static func ofSystem(_ step: String) -> ParquetError {
        ParquetError(step: step, detail: String(cString: strerror(errno)))
    }
}
