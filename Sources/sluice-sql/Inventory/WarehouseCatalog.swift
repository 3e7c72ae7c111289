import DuckDB
import FunctionConfig
import WarehouseAccess

/// Which tables the attached warehouse has.
struct WarehouseCatalog {
    private let warehouse: Warehouse

    init(_ warehouse: Warehouse) { self.warehouse = warehouse }

    /// The names of the tables, in order; views are none, and what migrations note of themselves is
    /// nobody's.
    func tables(on connection: borrowing Connection) throws(DuckDBError) -> [String] {
        let rows =
            switch warehouse {
            case .duckDB:
                try connection.rows(
                    "SELECT table_name FROM duckdb_tables() "
                        + "WHERE database_name = 'warehouse' AND schema_name = 'main'"
                )
            case .postgres(let server):
                // DuckDB takes a server's views for tables.
                try connection.serverRows(
                    "SELECT tablename::text FROM pg_catalog.pg_tables "
                        + "WHERE schemaname = \(SQL.literal(server.schema))"
                )
            }
        return rows.compactMap { $0[0].string }.filter { $0 != "sluice_changes" }.sorted()
    }
}
