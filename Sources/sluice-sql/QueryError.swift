import DuckDB

/// Why a query gave no answer.
struct QueryError: Error, CustomStringConvertible {
    let description: String
    let exitCode: Int32

    /// The query, its data or the warehouse are at fault.
    static func failed(_ description: String) -> QueryError {
        QueryError(description: description, exitCode: 1)
    }

    /// The command line or `functions.json` are at fault.
    static func misused(_ description: String) -> QueryError {
        QueryError(description: description, exitCode: 2)
    }

    /// DuckDB's own words; they name the place in the SQL.
    static func sql(_ error: DuckDBError) -> QueryError { .failed(error.message) }
}
