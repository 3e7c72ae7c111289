import DuckDB

/// A checked statement, its parameters filled in.
struct StatementRun: ~Copyable {
    /// What is run: the statement, or the execution of the prepared one with its values.
    let sql: String
    /// The statement as it was checked; without parameters it is run as it is, not bound again.
    private let statement: PreparedStatement
    private let hasParameters: Bool

    /// Checks a statement against the tables that are there.
    ///
    /// - Throws: `QueryError` for what is not to be run, `DuckDBError` for what cannot be.
    init(_ request: QueryRequest, on connection: borrowing Connection) throws {
        let statements = try connection.statements(in: request.sql)
        let statement = try statements.prepare(0)
        try StatementRules.requireReadOnly(statement, request.sql)
        let names = statement.parameterNames
        try request.parameters.require(fitting: names, on: connection)
        let sql = names.isEmpty ? request.sql : try Self.execution(of: request, on: connection)
        self.sql = sql
        self.statement = statement
        hasParameters = !names.isEmpty
    }

    /// The values are constants of the execution, never part of the statement's text.
    private static func execution(
        of request: QueryRequest,
        on connection: borrowing Connection
    ) throws -> String {
        try connection.execute("PREPARE \(name) AS \(request.sql)")
        let values = request.parameters.expressions.sorted { $0.key < $1.key }
            .map { "\(SQL.identifier($0.key)) := \($0.value)" }
        return "EXECUTE \(name)(\(values.joined(separator: ", ")))"
    }

    private static let name = "sluice_query"

    /// Runs the statement and hands over its rows.
    func rows(
        on connection: borrowing Connection,
        _ body: (borrowing QueryResult) throws -> Void
    ) throws {
        try body(hasParameters ? try connection.query(sql) : try statement.run())
    }

    /// DuckDB's plan of the statement, as JSON.
    func explanation(on connection: borrowing Connection) throws -> String {
        try connection.rows("EXPLAIN (FORMAT json) \(sql)").last?.last?.string ?? "[]"
    }
}
