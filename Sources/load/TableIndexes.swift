import DuckDB

/// The indexes of a table of a DuckDB file, which go when the table is laid out anew.
///
/// Migrations and people make them; they shall not have to know when `load` does that.
struct TableIndexes {
    private let table: String
    private let statements: [(name: String, sql: String)]

    /// Looks at a table of the attached warehouse.
    init(of table: String, on connection: borrowing Connection) throws(DuckDBError) {
        self.table = table
        statements = try Self.rows(of: table, on: connection)
    }

    /// Makes those again that are gone.
    ///
    /// - Throws: `DuckDBError` that names the index, for example when rows that it holds to be
    ///   unique are not.
    func restore(on connection: borrowing Connection) throws(DuckDBError) {
        guard !statements.isEmpty else { return }
        let present = Set(try Self.rows(of: table, on: connection).map(\.name))
        let before = try connection.scalar("SELECT current_database()")?.string ?? "memory"
        // The statements name the table alone.
        try connection.execute("USE warehouse")
        defer { _ = try? connection.execute("USE \(SQL.identifier(before))") }
        for index in statements where !present.contains(index.name) {
            do throws(DuckDBError) {
                try connection.execute(index.sql)
            } catch {
                throw DuckDBError(
                    step: "make the index \(index.name) of \(table) again",
                    message: "\(error.message); drop the index or correct the rows"
                )
            }
        }
    }

    private static func rows(
        of table: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [(name: String, sql: String)] {
        let rows = try connection.rows(
            "SELECT index_name, sql FROM duckdb_indexes() WHERE database_name = 'warehouse' "
                + "AND schema_name = 'main' AND table_name = \(SQL.literal(table)) "
                + "AND sql IS NOT NULL ORDER BY index_name"
        )
        return rows.map { ($0[0].string ?? "", $0[1].string ?? "") }
    }
}
