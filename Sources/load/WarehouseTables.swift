import DuckDB
import FunctionConfig
import HandlerRuntime
import TableRows
import WarehouseAccess

/// The tables of a warehouse as `load` looks at them and changes them.
///
/// One conformance for each kind of warehouse; what is to be done is decided before, in
/// `WarehouseChange` and `LakeChange`.
protocol WarehouseTables {
    /// Looks at a table of the attached warehouse.
    func state(
        of table: String,
        mode: TableSettings.Mode,
        on connection: borrowing Connection
    ) throws -> WarehouseTable

    /// The versions that have rows in a table of the attached warehouse.
    func owners(
        of table: String,
        on connection: borrowing Connection
    ) throws -> Set<VersionHistory.Version>

    /// Does what can be done before the warehouse is opened for writing.
    ///
    /// - Throws: `HandlerError` when the warehouse cannot hold such a table.
    func prepare(_ change: WarehouseChange, on connection: borrowing Connection) throws

    /// Makes a load history on a server, before the transaction: two that make it at once would wait
    /// for each other.
    func makeHistory(on connection: borrowing Connection) throws

    /// Begins the transaction: no other load changes `table` until it ends.
    func begin(table: String, on connection: borrowing Connection) throws

    /// Changes the table, within a transaction of the attached warehouse.
    ///
    /// - Returns: How many rows came with each part of the change; for one that takes rows out, how
    ///   many left with each of its removals.
    func apply(_ change: WarehouseChange, on connection: borrowing Connection) throws -> [Int]

    /// Notes in the load history what became part of a table and what gave way, in the same
    /// transaction.
    func record(
        _ versions: [PreparedVersion],
        replacing replaced: [VersionHistory.Version],
        table: String,
        on connection: borrowing Connection
    ) throws

    /// Puts other rows into the place of all that are Sluice's, within a transaction of the attached
    /// warehouse.
    func makeAnew(_ change: WarehouseChange, on connection: borrowing Connection) throws

    /// Notes in the load history that a table was made anew, in the same transaction.
    func record(
        _ replay: Int64,
        of versions: [PreparedVersion],
        table: String,
        on connection: borrowing Connection
    ) throws

    /// Whether rows of other programs are in a table of the attached warehouse.
    func hasForeignRows(_ table: String, on connection: borrowing Connection) throws -> Bool

    /// Notes removals in the load history, in the same transaction; `rows` are what `apply` returned.
    func record(
        _ change: WarehouseChange,
        rows: [Int],
        on connection: borrowing Connection
    ) throws

    /// Whether rows are better written at the first look at them than after it.
    var canStream: Bool { get }

    /// The version of a lake table that the warehouse's rows are of; nil when there are none.
    func loadedVersion(of change: LakeTable, on connection: borrowing Connection) throws -> Int64?

    /// Brings a lake table's rows in, within a transaction of the attached warehouse.
    func apply(_ change: LakeChange, on connection: borrowing Connection) throws
}

/// A warehouse and the connection on which it is attached while it is needed.
struct LoadTarget: ~Copyable {
    let access: WarehouseAccess
    let tables: any WarehouseTables
    let connection: Connection
    /// A connection for reading text while a transaction is open on the other.
    let reader: Connection

    init(_ warehouse: Warehouse, database: borrowing Database) throws {
        let connection = try database.connect()
        let reader = try database.connect()
        self.reader = reader
        access = WarehouseAccess(warehouse, purpose: "load")
        tables =
            switch warehouse {
            case .duckDB: DuckDBTables()
            case .postgres(let server): PostgresTables(server: server)
            }
        self.connection = connection
    }

    /// Reads; nil when there is no warehouse yet.
    func reading<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer? {
        try access.reading(on: connection, body)
    }

    /// Writes to a table in one transaction, see `WarehouseAccess`.
    func writing(
        to table: String,
        _ body: (borrowing Connection) throws -> Bool
    ) throws -> Bool {
        try access.writing(on: connection) { connection in
            try tables.makeHistory(on: connection)
        } transaction: { connection in
            try tables.begin(table: table, on: connection)
            return try body(connection)
        }
    }
}
