import Buckets
import DeltaTable
import DuckDB
import FunctionConfig
import Glibc
import HandlerRuntime
import LakeFiles
import WarehouseAccess

/// A database in memory in which the tables that one query names can be read.
///
/// Lake tables are views over the data files of the newest Delta snapshot, made by `LakeRelation`
/// and not by `delta_scan`: loading that extension takes 0.3 s, ten times the rest of a small
/// query, and it cannot open a table below a folder whose name holds a percent sign.
struct QuerySession: ~Copyable {
    private let sql: String
    private let lakeTables: [String]
    private let database: Database
    private let connection: Connection
    // Held until the warehouse is closed.
    private let hold: WarehouseHold?

    /// Opens what the query needs.
    ///
    /// - Parameters:
    ///   - sql: The query.
    ///   - folder: The buckets.
    ///   - warehouse: Tells where the warehouse is; called only if the query names it.
    /// - Throws: `QueryError`.
    init(
        sql: String,
        folder: BucketsFolder,
        warehouse: (BucketsFolder) throws -> Warehouse
    ) throws {
        let scratch = folder.scratchFolder + "/query-\(getpid())"
        let database = try Self.checked { () throws(DuckDBError) in
            try Database(settings: ["temp_directory": scratch])
        }
        let connection = try Self.checked { () throws(DuckDBError) in try database.connect() }
        try Self.requireOneStatement(sql, connection)
        let words = NamedWords(sql)
        let lakeTables = try FilePath.names(in: folder.path(ofBucket: "lake"))
            .filter { !$0.hasPrefix(".") }
        try Self.makeViews(words.tables(of: lakeTables), in: folder, database, connection)
        let hold =
            words.nameWarehouse
            ? try Self.attach(try warehouse(folder), to: connection, words) : nil
        self.sql = sql
        self.lakeTables = lakeTables
        self.database = database
        self.connection = connection
        self.hold = hold
    }

    /// Runs the query and hands over its rows.
    func run(_ body: (borrowing QueryResult) throws -> Void) throws {
        do {
            let statements = try connection.statements(in: sql)
            let statement = try statements.prepare(0)
            try Self.requireReadOnly(statement, sql)
            try body(try statement.run())
        } catch let error as DuckDBError {
            guard error.message.contains("Table with name") else { throw QueryError.sql(error) }
            let known = lakeTables.isEmpty ? "none yet" : lakeTables.joined(separator: ", ")
            throw QueryError.failed("\(error.message)\nlake tables: \(known)")
        }
    }

    private static func checked<Value: ~Copyable>(
        _ body: () throws(DuckDBError) -> Value
    ) throws -> Value {
        do { return try body() } catch { throw QueryError.sql(error) }
    }

    private static func requireOneStatement(
        _ sql: String,
        _ connection: borrowing Connection
    ) throws {
        let count = try checked { () throws(DuckDBError) in
            try connection.statements(in: sql).count
        }
        guard count == 1 else {
            throw QueryError.failed("`query` runs one statement at a time; this is \(count)")
        }
        // Prepared, such a statement would fail for a table that is not there, which says less.
        let word = sql.split { !$0.isLetter }.first?.lowercased() ?? ""
        guard !writingWords.contains(word) else { throw onlyReads }
    }

    private static let writingWords: Set = [
        "alter", "attach", "copy", "create", "delete", "detach", "drop", "export", "import",
        "insert", "merge", "truncate", "update",
    ]
    private static let onlyReads = QueryError.failed(
        "`query` only reads: give it one SELECT, FROM, VALUES, WITH, DESCRIBE or SHOW"
    )

    private static func requireReadOnly(
        _ statement: borrowing PreparedStatement,
        _ sql: String
    )
        throws
    {
        switch statement.kind {
        case .select: break
        case .explain where !sql.lowercased().contains("analyze"): break
        case .explain:
            throw QueryError.failed("EXPLAIN ANALYZE runs what it explains; leave ANALYZE out")
        case .other: throw onlyReads
        }
        guard statement.parameterCount == 0 else {
            throw QueryError.failed("the statement has parameters, and `query` has no values")
        }
    }

    private static func makeViews(
        _ tables: [String],
        in folder: BucketsFolder,
        _ database: borrowing Database,
        _ connection: borrowing Connection
    ) throws {
        do {
            try connection.execute("CREATE SCHEMA lake; SET search_path = 'main,lake'")
            for table in tables {
                let path = folder.lakeTable(table)
                let codec = try DuckDBCheckpoints(database)
                guard let snapshot = try DeltaLog(table: path).snapshot(using: codec) else {
                    continue
                }
                let query = LakeRelation.query(of: snapshot, table: path)
                try connection.execute("CREATE VIEW lake.\(SQL.identifier(table)) AS \(query)")
            }
        } catch let error as DuckDBError {
            throw QueryError.sql(error)
        } catch let error as DeltaError {
            throw QueryError.failed(error.description)
        }
    }

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
