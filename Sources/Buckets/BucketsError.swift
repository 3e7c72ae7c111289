public import Glibc

/// Why a file or folder could not be read or written.
public struct BucketsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The step that failed, as a verb phrase with the path: `open /b/stage-1/a.csv`.
    public let step: String
    /// The system's error number.
    public let number: Int32

    /// Takes the error number of the call that just failed.
    public init(step: String, number: Int32 = errno) {
        self.step = step
        self.number = number
    }

    /// The disk or the user's quota is full: worth another try later.
    public var isDiskFull: Bool { number == ENOSPC || number == EDQUOT }

    /// The file is not there.
    public var isMissing: Bool { number == ENOENT || number == ENOTDIR }

    /// One line for a terminal or a log.
    public var description: String { "cannot \(step): \(String(cString: strerror(number)))" }
}
