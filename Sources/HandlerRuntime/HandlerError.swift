import Buckets

/// Why a handler could not do its work, and what the daemon does about it.
public struct HandlerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The recovery class; each has an exit code of its own.
    public enum Kind: Int32, Sendable {
        /// Anything may be wrong: tried again.
        case failure = 1
        /// The input is at fault: a dead letter at once.
        case input = 65
        /// The world is not ready, such as a full disk or a locked warehouse: later, not counted.
        case notNow = 75
    }

    /// The recovery class.
    public let kind: Kind
    /// A short name such as `NotUTF8`, unique in its meaning.
    public let type: String
    /// What failed, why, and what to do.
    public let message: String

    /// The input is at fault.
    public static func input(_ type: String, _ message: String) -> HandlerError {
        HandlerError(kind: .input, type: type, message: message)
    }

    /// The world is not ready.
    public static func notNow(_ type: String, _ message: String) -> HandlerError {
        HandlerError(kind: .notNow, type: type, message: message)
    }

    /// Anything else.
    public static func failure(_ type: String, _ message: String) -> HandlerError {
        HandlerError(kind: .failure, type: type, message: message)
    }

    /// Sorts any error into a recovery class: a full disk is not now, everything else a failure.
    public init(_ error: any Error) {
        switch error {
        case let error as HandlerError: self = error
        case let error as BucketsError where error.isDiskFull:
            self = .notNow("DiskFull", "\(error); free some space")
        case let error as BucketsError: self = .failure("FileError", error.description)
        default: self = .failure("HandlerError", "\(error)")
        }
    }

    private init(kind: Kind, type: String, message: String) {
        self.kind = kind
        self.type = type
        self.message = message
    }

    /// `NotUTF8: ...`.
    public var description: String { "\(type): \(message)" }
}
