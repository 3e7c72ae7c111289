import DuckDB
import Glibc
import HandlerRuntime

/// The DuckDB file that people query; attached as `warehouse` only while it is needed.
struct Warehouse: ~Copyable {
    let path: String
    let connection: Connection

    /// How long to wait for queries to end before the run answers that now is no time.
    private static let patience = Duration.seconds(10)

    /// Reads with the file open to other readers; nil when there is no file yet.
    func reading<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer? {
        guard exists else { return nil }
        return try attached(.reading, options: "(READ_ONLY)", body)
    }

    /// Writes in one transaction, alone with the file.
    ///
    /// Committed when `body` returns true, rolled back when it returns false or throws.
    func writing(_ body: (borrowing Connection) throws -> Bool) throws -> Bool {
        try attached(.writing, options: "") { connection in
            try connection.execute("BEGIN TRANSACTION")
            do {
                let isGood = try body(connection)
                try connection.execute(isGood ? "COMMIT" : "ROLLBACK")
                return isGood
            } catch {
                // The first error is the one to report; a rollback fails only if none is open.
                _ = try? connection.execute("ROLLBACK")
                throw error
            }
        }
    }

    private var exists: Bool { access(path, F_OK) == 0 }

    private func attached<Answer>(
        _ mode: WarehouseLock.Mode,
        options: String,
        _ body: (borrowing Connection) throws -> Answer
    ) throws -> Answer {
        let lock = try Self.lock(path, mode)
        defer { lock.release() }
        do {
            try connection.execute("ATTACH \(SQL.literal(path)) AS warehouse \(options)")
        } catch {
            throw Self.attachFailure(error, path)
        }
        defer { _ = try? connection.execute("DETACH warehouse") }
        return try body(connection)
    }

    private static func lock(
        _ path: String,
        _ mode: WarehouseLock.Mode
    ) throws(HandlerError) -> WarehouseLock {
        do {
            return try WarehouseLock(path, mode: mode, purpose: "load", patience: patience)
        } catch {
            throw .notNow("WarehouseBusy", error.description)
        }
    }

    /// A program that does not know of the lock file may hold the database itself.
    private static func attachFailure(_ error: DuckDBError, _ path: String) -> HandlerError {
        let message = error.message
        if message.contains("Could not set lock") || message.contains("Conflicting lock") {
            return .notNow(
                "WarehouseBusy",
                "the warehouse \(path) is open in another program: \(message); close it there"
            )
        }
        return .failure("WarehouseFailed", "the warehouse \(path) cannot be opened: \(message)")
    }
}
