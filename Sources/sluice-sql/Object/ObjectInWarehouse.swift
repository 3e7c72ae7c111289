import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableFacts
import WarehouseAccess

/// Reads what the warehouse knows of an object.
struct ObjectInWarehouse {
    private let access: WarehouseAccess
    private let table: String

    /// How long to wait for `load`: who asks wants an answer now, be it that somebody is loading.
    private static let patience = Duration.milliseconds(500)

    init(_ warehouse: Warehouse, table: String) {
        access = WarehouseAccess(warehouse, purpose: "explain", patience: Self.patience)
        self.table = table
    }

    /// Where the rows of an object are.
    func rows(of object: ObjectKey) -> WarehouseRows {
        let empty = WarehouseRows(place: access.warehouse.description, table: table)
        do {
            let connection = try Database().connect()
            return try access.reading(on: connection) { connection in
                try read(object, into: empty, on: connection)
            } ?? empty
        } catch {
            var rows = empty
            rows.problem = (error as? HandlerError)?.message ?? "\(error)"
            return rows
        }
    }

    private func read(
        _ object: ObjectKey,
        into empty: WarehouseRows,
        on connection: borrowing Connection
    ) throws -> WarehouseRows {
        var rows = empty
        let source = SQL.literal(object.description)
        let tables = try connection.rows(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' "
                + "AND table_name IN ('sluice_loads', \(SQL.literal(table)))"
        ).compactMap { $0[0].string }
        if tables.contains("sluice_loads") {
            rows.loads = try connection.rows(
                "SELECT sequencer, rows, rejects, status, epoch_us(loaded_at) "
                    + "FROM warehouse.sluice_loads WHERE table_name = \(SQL.literal(table)) "
                    + "AND source = \(source) AND sequencer > 0 ORDER BY sequencer"
            ).map { row in
                WarehouseRows.Load(
                    sequencer: Sequencer(rawValue: UInt64(row[0].int ?? 0)),
                    rows: Int64(row[1].int ?? 0),
                    rejected: Int64(row[2].int ?? 0),
                    status: row[3].string ?? "",
                    at: Int64(row[4].int ?? 0)
                )
            }
        }
        rows.exists = tables.contains(table)
        if rows.exists {
            rows.present = try connection.rows(
                "SELECT _seq, count(*) FROM warehouse.\(SQL.identifier(table)) "
                    + "WHERE _source = \(source) AND _seq > 0 GROUP BY _seq ORDER BY _seq"
            ).map { row in
                WarehouseRows.Present(
                    sequencer: Sequencer(rawValue: UInt64(row[0].int ?? 0)),
                    rows: Int64(row[1].int ?? 0)
                )
            }
        }
        return rows
    }
}
