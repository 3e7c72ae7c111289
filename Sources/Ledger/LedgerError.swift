import GRDB

/// Why the ledger refused an operation.
public struct LedgerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller can do.
    public enum Code: String, Sendable {
        /// Another process holds the ledger; try again.
        case busy
        /// The disk is full or not writable; make room, then try again.
        case storage
        /// The file is damaged or no ledger; stop. Folders, lake and warehouse hold everything that
        /// counts: `sluice rebuild` makes a new ledger from them.
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
    /// The ledger's path.
    public let path: String

    /// One line for a terminal or a log.
    public var description: String {
        "ledger: cannot \(operation): \(detail) [\(code)]\(code == .unusable ? remedy : "")"
    }

    private var remedy: String {
        "; \(path) is damaged: `sluice rebuild` makes a new one of what folders, lake and warehouse "
            + "hold, and keeps this one aside; or put it back from a backup"
    }

    init(_ operation: String, _ error: any Error, path: String) {
        self.operation = operation
        self.path = path
        if let row = error as? UnreadableRow {
            code = .unusable
            detail = row.detail
            return
        }
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
}

/// A row that no Sluice wrote.
struct UnreadableRow: Error {
    /// What is wrong with it.
    let detail: String
}
