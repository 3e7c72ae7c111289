import DuckDB
import Glibc
import HandlerRuntime

/// A warehouse that is a DuckDB file.
struct DuckDBWarehouse {
    let path: String
    let purpose: String
    let patience: Duration

    var exists: Bool { access(path, F_OK) == 0 }

    func attach(
        to connection: borrowing Connection,
        _ mode: WarehouseLock.Mode
    ) throws(HandlerError) -> WarehouseHold {
        let end = ContinuousClock.now + patience
        let lock = try lock(mode)
        let options = mode == .reading ? " (READ_ONLY)" : ""
        if mode == .writing, !exists { try make(on: connection) }
        try attach(to: connection, options, until: end)
        return WarehouseHold(lock: lock)
    }

    private func lock(_ mode: WarehouseLock.Mode) throws(HandlerError) -> WarehouseLock {
        do {
            return try WarehouseLock(
                path,
                mode: mode,
                purpose: purpose,
                patience: patience
            )
        } catch {
            let words = error.description
            throw HandlerError.notNow(hinderedBy: error.reason ?? "", words)
                ?? .notNow("WarehouseBusy", words)
        }
    }

    /// Makes an empty database under another name first: a full disk or a kill would leave a file that
    /// is none.
    ///
    /// For the holder of the lock.
    private func make(on connection: borrowing Connection) throws(HandlerError) {
        let draft = path + ".new"
        unlink(draft)
        do throws(DuckDBError) {
            try connection.execute("ATTACH \(SQL.literal(draft)) AS sluice_new")
            try connection.execute("DETACH sluice_new")
        } catch {
            unlink(draft)
            throw failure(error.message)
        }
        guard rename(draft, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(draft)
            throw failure("cannot rename \(draft): \(reason)")
        }
    }

    private func failure(_ message: String) -> HandlerError {
        let words = "the warehouse \(path) cannot be opened: \(message)"
        return HandlerError.notNow(hinderedBy: message, words)
            ?? .failure("WarehouseFailed", words)
    }

    /// A program that does not know of the lock file may hold the database; DuckDB then names it.
    private func attach(
        to connection: borrowing Connection,
        _ options: String,
        until end: ContinuousClock.Instant
    ) throws(HandlerError) {
        let statement = "ATTACH \(SQL.literal(path)) AS \(WarehouseAccess.database)\(options)"
        while true {
            do {
                try connection.execute(statement)
                return
            } catch {
                let message = error.message
                guard message.contains("Could not set lock") || message.contains("Conflicting lock")
                else {
                    throw failure(message)
                }
                guard ContinuousClock.now < end else {
                    throw .notNow(
                        "WarehouseBusy",
                        "the warehouse \(path) is open in another program: \(message); close it there"
                    )
                }
                usleep(50_000)
            }
        }
    }
}
