import Buckets
import DeltaTable
import DuckDB
import FunctionConfig
import Glibc
import HandlerRuntime
import LakeFiles
import LakeQuery
import WarehouseAccess

/// A database in memory in which the tables that one query names can be read.
struct QuerySession: ~Copyable {
    let request: QueryRequest
    let lake: LakeTables
    /// What the statement reads of the lake; `nil` where that was not worth finding out.
    let plan: StatementPlan?
    /// The files of each table that the statement reads.
    let files: [String: [AddFile]]
    let connection: Connection
    private let database: Database
    private let scratch: String
    // Held until the warehouse is closed.
    private let hold: WarehouseHold?

    /// Opens what the query needs.
    ///
    /// - Parameters:
    ///   - request: The query.
    ///   - folder: The buckets.
    ///   - warehouse: Tells where the warehouse is; called only if the query names it.
    /// - Throws: `QueryError`.
    init(
        _ request: QueryRequest,
        folder: BucketsFolder,
        warehouse: (BucketsFolder) throws -> Warehouse
    ) throws {
        let scratch = folder.scratchFolder + "/query-\(getpid())"
        do {
            let database = try Database(settings: ["temp_directory": scratch])
            let connection = try database.connect()
            try StatementRules.requireOneStatement(request.sql, on: connection)
            let words = NamedWords(request.sql)
            // A statement is bound more than once: the footers of its files are read once.
            try connection.execute(
                """
                CREATE SCHEMA lake; SET search_path = 'main,lake'; SET parquet_metadata_cache = true
                """
            )
            if words.nameConditions { try Self.expectFewRows(connection) }
            let lake = try LakeTables(
                meantBy: words,
                in: folder,
                asOf: request.asOf,
                using: DuckDBCheckpoints(database)
            )
            var request = request
            if request.isPlacesLike { try PlacesLike.complete(&request, from: lake) }
            let hold =
                words.nameWarehouse && request.asOf == nil
                ? try Self.attach(try warehouse(folder), to: connection, words) : nil
            let plan = Self.plan(request, lake, connection)
            try Self.requireOneTable(request.asOf, plan, lake)
            let files = plan.map { lake.files(for: $0, on: connection) } ?? [:]
            try lake.makeViews(reading: files, on: connection)
            self.request = request
            self.lake = lake
            self.plan = plan
            self.files = files
            self.database = database
            self.scratch = scratch
            self.connection = connection
            self.hold = hold
        } catch let error as DuckDBError {
            throw QueryError.sql(error)
        } catch let error as DeltaError {
            throw QueryError.failed(error.description)
        } catch let error as BucketsError {
            throw QueryError.failed(error.description)
        }
    }

    /// Runs the query and hands over its rows.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    func run(_ body: (borrowing QueryResult) throws -> Void) throws -> Bool {
        do {
            var hadRows = false
            try StatementRun(request, on: connection).rows(on: connection) { result in
                try body(result)
                hadRows = result.hasGivenRows
            }
            return hadRows
        } catch let error as DuckDBError {
            throw described(error)
        }
    }

    /// Ends the program with success, and leaves to the end of the process what nobody would see
    /// closed: taking the catalog apart takes a tenth of a small query.
    ///
    /// Returns where something has to be put away: the warehouse, or what DuckDB put into scratch.
    func endProgram() {
        guard hold == nil, access(scratch, F_OK) != 0 else { return }
        _exit(0)
    }

    /// DuckDB's words, and which tables there are if it missed one.
    func described(_ error: DuckDBError) -> QueryError {
        let isTableMissing = error.message.contains("Table with name")
        if isTableMissing, let past = lake.missing.first {
            return QueryError.failed(past.description)
        }
        let isMissingPast = request.asOf != nil && NamedWords(request.sql).nameWarehouse
        if isMissingPast, error.message.contains("warehouse") { return Self.noOlderWarehouse }
        guard isTableMissing else { return QueryError.sql(error) }
        let known = lake.present.isEmpty ? "none yet" : lake.present.joined(separator: ", ")
        return QueryError.failed("\(error.message)\nlake tables: \(known)")
    }

    /// Has DuckDB read rows once, as is best where conditions leave few.
    ///
    /// With ORDER BY and LIMIT it would first read what orders them, then those that are left by
    /// their numbers.
    private static func expectFewRows(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("SET late_materialization_max_rows = 0")
    }

    /// Plans where leaving out files may save more than planning costs, or somebody asks.
    private static func plan(
        _ request: QueryRequest,
        _ lake: LakeTables,
        _ connection: borrowing Connection
    ) -> StatementPlan? {
        let isAmbiguous = lake.tables.count > 1 && request.asOf?.isVersion == true
        guard request.isExplained || isAmbiguous || lake.fileCount >= LakeTables.fewFiles else {
            return nil
        }
        return StatementPlan(
            of: request.sql,
            values: request.parameters.expressions,
            over: lake.tables,
            on: connection
        )
    }

    private static func requireOneTable(
        _ asOf: AsOf?,
        _ plan: StatementPlan?,
        _ lake: LakeTables
    ) throws {
        guard asOf?.isVersion == true else { return }
        let read = plan.map { Set($0.scans.map(\.table)) }
        let names = lake.tables.map(\.name).filter { read?.contains($0) ?? true }
        guard names.count <= 1 else {
            throw QueryError.misused(
                "a version is that of one table, and this reads \(names.joined(separator: ", ")); "
                    + "give --as-of a time"
            )
        }
    }

    private static let noOlderWarehouse = QueryError.misused(
        "the warehouse keeps no older versions; ask lake.<table> with --as-of"
    )

    private static func attach(
        _ warehouse: Warehouse,
        to connection: borrowing Connection,
        _ words: NamedWords
    ) throws -> WarehouseHold {
        do {
            let access = WarehouseAccess(warehouse, purpose: "query")
            let hold = try access.attachForReading(to: connection) { table in
                !words.tables(of: [table]).isEmpty
            }
            guard let hold else {
                throw QueryError.failed(
                    "there is no warehouse at \(warehouse) yet; `load` makes it with its first rows"
                )
            }
            return hold
        } catch let error as HandlerError {
            throw QueryError.failed(error.message)
        }
    }
}
