import GRDB

/// Why the ledger refused an operation.
public struct LedgerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller can do.
    public enum Code: String, Sendable {
        /// Another process holds the ledger; try again.
        case busy
        /// The disk is full or not writable; make room, then try again.
        case storage
        /// The file is damaged or of a newer Sluice; stop. The folders hold everything that counts:
        /// with the ledger moved away, the next start records them anew.
        case unusable
        /// The task was cancelled; nothing was written.
        case cancelled
        /// A constraint did not hold: a defect of Sluice.
        case refused
    }

    /// The recovery class of this failure.
    public let code: Code
    /// The step that failed, as a verb phrase such as `record 3 changes`.
    public let operation: String
    /// What the layer below said, verbatim.
    public let detail: String

    /// One line for a terminal or a log.
    public var description: String {
        "ledger: cannot \(operation): \(detail) [\(code)]\(code == .unusable ? Self.remedy : "")"
    }

    private static let remedy =
        "; restore `.sluice/ledger.sqlite` from a backup, or move it and its -wal and -shm away: the "
        + "next start records every file anew, and tables keep their rows once"

    init(_ operation: String, _ error: any Error) {
        self.operation = operation
        guard let error = error as? DatabaseError else {
            code = error is CancellationError ? .cancelled : .refused
            detail = "\(error)"
            return
        }
        detail = error.message ?? "\(error.resultCode)"
        code =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                .storage
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .unusable
            case .SQLITE_ABORT, .SQLITE_INTERRUPT: .cancelled
            default: .refused
            }
    }

    init(code: Code, operation: String, detail: String) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }
}
