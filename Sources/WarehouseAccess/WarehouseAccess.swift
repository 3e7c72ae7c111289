public import DuckDB
public import FunctionConfig
public import HandlerRuntime

/// How programs get at the warehouse: attached to a DuckDB connection as the database `warehouse`.
///
/// A DuckDB file is shared by `WarehouseLock`, one writer or several readers; whoever waits in vain
/// is told who holds it. A PostgreSQL server needs no lock for that.
public struct WarehouseAccess: Sendable {
    /// Where the warehouse is.
    public let warehouse: Warehouse
    private let purpose: String
    private let patience: Duration

    /// The name under which the warehouse is attached.
    static let database = "warehouse"

    /// Prepares the way; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - warehouse: Where the warehouse is.
    ///   - purpose: A word that tells others what the holder does, for example `load`.
    ///   - patience: How long to wait for others to let go of a file.
    public init(_ warehouse: Warehouse, purpose: String, patience: Duration = .seconds(10)) {
        self.warehouse = warehouse
        self.purpose = purpose
        self.patience = patience
    }

    /// Attaches the warehouse for reading, for as long as the answer lives: tables are
    /// `warehouse.<table>`, with the same columns wherever the warehouse is.
    ///
    /// With PostgreSQL they are views and a transaction is left open on the connection, so that all
    /// that is read is of one moment.
    ///
    /// - Parameters:
    ///   - connection: A connection without a transaction.
    ///   - wanted: Chooses the tables of a server that are needed; those of a file are all there.
    /// - Returns: Nil when there is no warehouse yet: no file, or no schema.
    /// - Throws: `HandlerError`: `WarehouseBusy` or `WarehouseAway` (not now), `WarehouseFailed` and
    ///   `WarehouseDenied`.
    public func attachForReading(
        to connection: borrowing Connection,
        tables wanted: (String) -> Bool = { _ in true }
    ) throws(HandlerError) -> WarehouseHold? {
        switch warehouse {
        case .duckDB(let path):
            let file = DuckDBWarehouse(path: path, purpose: purpose, patience: patience)
            return try file.exists ? file.attach(to: connection, .reading) : nil
        case .postgres(let server):
            let views = PostgresViews(server: server)
            return try views.attach(to: connection, purpose: purpose, wanted: wanted)
                ? WarehouseHold(lock: nil) : nil
        }
    }

    /// Reads the tables as they are, attached as `warehouse`; nil when there is no warehouse yet.
    ///
    /// - Throws: What `body` throws, and what `attachForReading` does.
    public func reading<Answer>(
        on connection: borrowing Connection,
        _ body: (borrowing Connection) throws -> Answer
    ) throws -> Answer? {
        guard let hold = try attachRaw(to: connection) else { return nil }
        defer { hold.release(connection) }
        return try explained { try body(connection) }
    }

    /// Writes in one transaction; with a DuckDB file, alone with it.
    ///
    /// `before` runs when the warehouse is attached and no transaction has begun.
    ///
    /// Committed, and on the disk, when `body` returns true; rolled back when it returns false or
    /// throws. When a server is lost while it commits, this throws and the outcome is unknown: the
    /// load history tells it.
    ///
    /// - Throws: What `body` throws; `WarehouseBusy`, `WarehouseAway`, `WarehouseFailed`.
    public func writing(
        on connection: borrowing Connection,
        before: (borrowing Connection) throws -> Void,
        transaction body: (borrowing Connection) throws -> Bool
    ) throws -> Bool {
        let hold = try attachForWriting(to: connection)
        defer { hold.release(connection) }
        return try explained {
            try before(connection)
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

    private func attachRaw(
        to connection: borrowing Connection
    ) throws(HandlerError) -> WarehouseHold? {
        guard case .postgres(let server) = warehouse else {
            return try attachForReading(to: connection)
        }
        let place = PostgresWarehouse(server: server, purpose: purpose)
        return try place.attachForReading(to: connection, as: Self.database)
            ? WarehouseHold(lock: nil) : nil
    }

    private func attachForWriting(
        to connection: borrowing Connection
    ) throws(HandlerError) -> WarehouseHold {
        switch warehouse {
        case .duckDB(let path):
            return try DuckDBWarehouse(path: path, purpose: purpose, patience: patience).attach(
                to: connection,
                .writing
            )
        case .postgres(let server):
            try PostgresWarehouse(server: server, purpose: purpose).attachForWriting(to: connection)
            return WarehouseHold(lock: nil)
        }
    }

    /// Says in a server's name what its errors mean.
    func explained<Answer>(_ body: () throws -> Answer) throws -> Answer {
        do {
            return try body()
        } catch let error as DuckDBError {
            guard case .postgres(let server) = warehouse, PostgresFailure.isOfServer(error) else {
                throw error
            }
            throw PostgresFailure(error, of: server).error
        }
    }
}

/// An attached warehouse; lets others at a file when it is gone.
public struct WarehouseHold: ~Copyable {
    private let lock: WarehouseLock?

    init(lock: consuming WarehouseLock?) { self.lock = lock }

    func release(_ connection: borrowing Connection) {
        // What a failed transaction left attached goes with the process.
        _ = try? connection.execute("DETACH \(WarehouseAccess.database)")
        lock?.release()
    }
}
