import DuckDB
import FunctionConfig

/// Which tables the attached warehouse has.
struct WarehouseCatalog {
    private let schema: String

    init(_ warehouse: Warehouse) {
        switch warehouse {
        case .duckDB: schema = "main"
        case .postgres(let server): schema = server.schema
        }
    }

    /// The names of the tables, in order; views are none.
    func tables(on connection: borrowing Connection) throws(DuckDBError) -> [String] {
        try connection.rows(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' "
                + "AND schema_name = \(SQL.literal(schema)) ORDER BY table_name"
        ).compactMap { $0[0].string }
    }
}
