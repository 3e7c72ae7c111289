public import Events
import GRDB
import Glibc

/// The durable memory of the daemon: versions, deliveries, runs and dead letters.
///
/// One SQLite file in WAL mode with `synchronous=NORMAL`: a change survives the death of the
/// process once its method has returned; what a power cut takes back, the next scan finds again.
/// Who holds the lock of the buckets, mostly the daemon, is the only writer of runs; other processes
/// may read at any time, and move dead letters back, see ``redrive(function:at:)``. Every method is one transaction, and runs on a
/// thread of the ledger's own.
public struct Ledger: Sendable {
    private let database: DatabasePool

    /// The ledger's file in the state folder of a buckets folder.
    public static let fileName = "ledger.sqlite"

    /// What the write-ahead log is cut back to once it is copied into the file, in bytes.
    private static let longestJournal = 16 << 20

    /// Opens the ledger at `path`, and makes or brings it up to date unless `readOnly`.
    ///
    /// - Throws: `LedgerError` with code `storage` when there is no such file to read, `unusable`
    ///   when it is no ledger.
    public init(path: String, readOnly: Bool = false) throws(LedgerError) {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        configuration.label = "ledger"
        if !readOnly {
            configuration.prepareDatabase { db in
                // The pool's readers are prepared, too.
                guard !db.configuration.readonly else { return }
                // Of effect before the first table is made; see PRAGMA auto_vacuum.
                if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                    try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                }
                try db.execute(sql: "PRAGMA journal_size_limit = \(Self.longestJournal)")
            }
        }
        do {
            // A pool switches to WAL and sets `synchronous=NORMAL` itself.
            if readOnly {
                database = try DatabasePool(path: path, configuration: configuration)
            } else {
                database = try Self.alone(at: path) {
                    let database = try DatabasePool(path: path, configuration: configuration)
                    try LedgerSchema.migrator.migrate(database)
                    return database
                }
            }
        } catch {
            throw LedgerError("open \(path)", error, path: path)
        }
    }

    /// Runs `body` while no other process makes a ledger in the same folder; see flock(2).
    ///
    /// SQLite lets two connections neither turn a new file to WAL nor migrate it side by side: one
    /// of them is told "database is locked", or that a table exists.
    private static func alone<Value>(at path: String, _ body: () throws -> Value) throws -> Value {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        // A folder that cannot be opened is the first call's to complain of.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { Glibc.close(descriptor) } }
        if descriptor >= 0 { while flock(descriptor, LOCK_EX) != 0, errno == EINTR {} }
        return try body()
    }

    /// Whether it has its tables: not yet while the first daemon is making it.
    public func isMade() throws(LedgerError) -> Bool {
        do { return try database.read { try $0.tableExists("objects") } } catch {
            throw LedgerError("look at the tables", error, path: database.path)
        }
    }

    /// Closes the file; later calls fail.
    ///
    /// Afterwards all of it is in the file itself, unless another process reads it at this moment.
    public func close() throws(LedgerError) {
        if !database.configuration.readonly {
            // The connections that only read are closed last, and they bring nothing into the file.
            _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        do { try database.close() } catch {
            throw LedgerError("close", error, path: database.path)
        }
    }

    /// Runs `body` in one transaction that is on disk when this returns.
    func write<Value: Sendable>(
        _ operation: @autoclosure () -> String,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do { return try await database.write(body) } catch {
            throw LedgerError(operation(), error, path: database.path)
        }
    }

    /// Runs `body` by itself, outside of any transaction.
    func writeAlone<Value: Sendable>(
        _ operation: @autoclosure () -> String,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do { return try await database.writeWithoutTransaction(body) } catch {
            throw LedgerError(operation(), error, path: database.path)
        }
    }

    /// Runs `body` on a consistent state of the ledger.
    func read<Value: Sendable>(
        _ operation: @autoclosure () -> String,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do { return try await database.read(body) } catch {
            throw LedgerError(operation(), error, path: database.path)
        }
    }

    /// Runs `body` on a consistent state of the ledger, on the calling thread.
    func readNow<Value>(
        _ operation: @autoclosure () -> String,
        _ body: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        do { return try database.read(body) } catch {
            throw LedgerError(operation(), error, path: database.path)
        }
    }

    /// Makes every later sequencer greater than `sequencer`.
    ///
    /// For a ledger that was lost while stage-2 and the lake still name older ones.
    public func raiseSequencer(above sequencer: Sequencer) async throws(LedgerError) {
        try await write("raise the sequencer") { db in
            guard sequencer > (try Self.lastSequencer(db)) else { return }
            try Self.setLastSequencer(sequencer, db)
        }
    }

    /// Gives out sequencers for objects that are noticed now and recorded later.
    ///
    /// - Returns: `count` sequencers, ascending.
    public func reserveSequencers(
        _ count: Int,
        at now: Int64
    ) async throws(LedgerError) -> [Sequencer] {
        try await write("reserve \(count) sequencers") { db in
            var source = try SequencerSource(db, now: now)
            let reserved = (0..<count).map { _ in source.next() }
            try source.store(db)
            return reserved
        }
    }

    /// The greatest sequencer given out so far; 0 in a new ledger.
    public func lastSequencer() async throws(LedgerError) -> Sequencer {
        try await read("read the last sequencer") { try Self.lastSequencer($0) }
    }

    static func lastSequencer(_ db: Database) throws -> Sequencer {
        let value = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM settings WHERE name = 'last_sequencer'")
        )
        return Sequencer(rawValue: UInt64(value ?? 0))
    }

    static func setLastSequencer(_ sequencer: Sequencer, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO settings (name, value) VALUES ('last_sequencer', ?)"
        ).execute(arguments: [sequencer.column])
    }
}

/// Gives out the sequencers of one transaction.
struct SequencerSource {
    private var last: Sequencer
    private let now: Int64
    private var isUsed = false

    init(_ db: Database, now: Int64) throws {
        last = try Ledger.lastSequencer(db)
        self.now = now
    }

    /// The greater of the last one + 1 and the clock in microseconds.
    mutating func next() -> Sequencer {
        last = Sequencer(rawValue: max(last.rawValue + 1, UInt64(max(0, now))))
        isUsed = true
        return last
    }

    /// Keeps what was given out; to be called before the transaction ends.
    func store(_ db: Database) throws {
        if isUsed { try Ledger.setLastSequencer(last, db) }
    }
}
