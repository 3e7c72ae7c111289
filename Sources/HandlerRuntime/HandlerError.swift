import Buckets
import Events

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

    /// Sorts any error into a recovery class: a full disk, a folder that may not be written and a
    /// limit of the system are not now, everything else is a failure.
    public init(_ error: any Error) {
        switch error {
        case let error as HandlerError: self = error
        case let error as BucketsError:
            let hindrance = Hindrance(number: error.number)
            self =
                hindrance.map { Self.hindered($0, "\(error)") }
                ?? .failure("FileError", error.description)
        default:
            let text = "\(error)"
            self = Self.notNow(hinderedBy: text, text) ?? .failure("HandlerError", text)
        }
    }

    /// Not now, if that is what the text of an error says: the disk is full, a file may not be
    /// written, or a limit of the system is reached.
    ///
    /// - Parameters:
    ///   - text: What the system or DuckDB said.
    ///   - message: What failed, and why.
    /// - Returns: Nil when the text says something else.
    public static func notNow(hinderedBy text: String, _ message: String) -> HandlerError? {
        Hindrance(in: text).map { hindered($0, message) }
    }

    private static func hindered(_ hindrance: Hindrance, _ message: String) -> HandlerError {
        .notNow(hindrance.type, "\(message); \(hindrance.remedy)")
    }

    private init(kind: Kind, type: String, message: String) {
        self.kind = kind
        self.type = type
        self.message = message
    }

    /// `NotUTF8: ...`.
    public var description: String { "\(type): \(message)" }
}
