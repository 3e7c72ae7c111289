import DuckDB

/// A checked statement, its parameters filled in.
struct StatementRun {
    /// What is run: the statement, or the execution of the prepared one with its values.
    let sql: String

    /// Checks a statement against the tables that are there.
    ///
    /// - Throws: `QueryError` for what is not to be run, `DuckDBError` for what cannot be.
    init(_ request: QueryRequest, on connection: borrowing Connection) throws {
        let statements = try connection.statements(in: request.sql)
        let statement = try statements.prepare(0)
        try StatementRules.requireReadOnly(statement, request.sql)
        let names = statement.parameterNames
        try request.parameters.require(fitting: names, on: connection)
        guard !names.isEmpty else {
            sql = request.sql
            return
        }
        // The values are constants of the execution, never part of the statement's text.
        try connection.execute("PREPARE \(Self.name) AS \(request.sql)")
        let values = request.parameters.expressions.sorted { $0.key < $1.key }
            .map { "\(SQL.identifier($0.key)) := \($0.value)" }
        sql = "EXECUTE \(Self.name)(\(values.joined(separator: ", ")))"
    }

    private static let name = "sluice_query"

    /// Runs the statement and hands over its rows.
    func rows(
        on connection: borrowing Connection,
        _ body: (borrowing QueryResult) throws -> Void
    ) throws {
        try body(try connection.query(sql))
    }

    /// DuckDB's plan of the statement, as JSON.
    func explanation(on connection: borrowing Connection) throws -> String {
        try connection.rows("EXPLAIN (FORMAT json) \(sql)").last?.last?.string ?? "[]"
    }
}
