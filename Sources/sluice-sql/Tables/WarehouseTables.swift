import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import WarehouseAccess

/// What the warehouse tells of its tables, without reading their rows.
struct WarehouseTables {
    /// The tables but the load history, in order.
    private(set) var names: [String] = []
    /// Why the warehouse cannot be read; nil where it can, or where there is none.
    private(set) var problem: String?
    private var rows: [String: Int64] = [:]
    private var columns: [String: [TableDescription.WarehouseColumn]] = [:]
    private var loads: [String: [TableDescription.Load]] = [:]

    private static let history = "sluice_loads"
    /// How many loads a description names.
    private static let named = 10

    /// Reads what there is, in one transaction, and lets the warehouse go.
    init(_ warehouse: Warehouse, on connection: borrowing Connection) {
        let access = WarehouseAccess(warehouse, purpose: "tables")
        do {
            var read = WarehouseTables()
            _ = try access.reading(on: connection) { connection in
                try connection.execute("BEGIN TRANSACTION")
                defer { _ = try? connection.execute("ROLLBACK") }
                try read.read(WarehouseCatalog(warehouse), on: connection)
            }
            self = read
        } catch {
            problem = (error as? HandlerError)?.message ?? "the warehouse cannot be read: \(error)"
        }
    }

    private init() {}

    /// The rows of a table; nil where there is no such table.
    func rows(of table: String) -> Int64? { rows[table] }

    /// When a version was last loaded into a table, ISO 8601 in UTC.
    func lastLoad(of table: String) -> String? {
        loads[table]?.compactMap(\.loadedAt).max()
    }

    /// The table as the warehouse has it; nil where there is none.
    func description(of table: String) throws -> TableDescription.Warehouse? {
        guard let count = rows[table] else { return nil }
        let all = loads[table] ?? []
        let loaded = all.filter { $0.status == "loaded" }
        return TableDescription.Warehouse(
            rows: count,
            columns: columns[table] ?? [],
            loaded: loaded.count,
            replaced: all.count - loaded.count,
            rejectedRows: loaded.reduce(0) { $0 + $1.rejects },
            lastLoads: Array(all.prefix(Self.named))
        )
    }

    private mutating func read(
        _ catalog: WarehouseCatalog,
        on connection: borrowing Connection
    ) throws {
        let found = try catalog.tables(on: connection)
        names = found.filter { $0 != Self.history }
        for name in names {
            let table = "warehouse.\(SQL.identifier(name))"
            let count = try connection.scalar("SELECT count(*) FROM \(table)")
            rows[name] = Int64(count?.int ?? 0)
            columns[name] = try connection.rows("DESCRIBE SELECT * FROM \(table)").map {
                TableDescription.WarehouseColumn(
                    name: $0[0].string ?? "",
                    type: $0[1].string ?? ""
                )
            }
        }
        guard found.contains(Self.history) else { return }
        let entries = try connection.rows(
            "SELECT table_name, source, sequencer, \"rows\", rejects, status, loaded_at FROM "
                + "warehouse.\(Self.history) ORDER BY loaded_at DESC, sequencer DESC"
        )
        for entry in entries {
            loads[entry[0].string ?? "", default: []].append(
                TableDescription.Load(
                    source: entry[1].string ?? "",
                    sequencer: Int64(entry[2].int ?? 0),
                    rows: Int64(entry[3].int ?? 0),
                    rejects: Int64(entry[4].int ?? 0),
                    status: entry[5].string ?? "",
                    loadedAt: Self.time(entry[6])
                )
            )
        }
    }

    private static func time(_ value: SQLValue) -> String? {
        guard case .instant(let microseconds) = value else { return nil }
        return UTCTime.iso8601(microseconds: microseconds)
    }
}
