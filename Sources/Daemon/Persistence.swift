import Ledger
import Logging

/// Keeps at writing to the ledger while there is hope.
struct Persistence: Sendable {
    let logger: Logger

    /// Performs a write; when the disk is full or another process holds the ledger, again every
    /// second until it succeeds, the task is cancelled or the failure is another one.
    func keep<Value: Sendable>(
        _ write: @Sendable () async throws -> Value
    ) async throws -> Value {
        var failures = 0
        while true {
            do {
                return try await write()
            } catch let error as LedgerError where error.isPassing {
                if failures % 60 == 0 {
                    logger.error("the ledger cannot be written", metadata: ["error": "\(error)"])
                }
                failures += 1
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension LedgerError {
    /// Whether the same operation may succeed later.
    fileprivate var isPassing: Bool { code == .busy || code == .storage }
}
