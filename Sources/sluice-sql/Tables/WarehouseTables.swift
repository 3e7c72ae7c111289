import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import WarehouseAccess

/// What the warehouse tells of its tables, without reading their rows.
struct WarehouseTables {
    /// The tables that are Sluice's, in order.
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
    ///
    /// Tables count that the load history or `known` name.
    init(
        _ warehouse: Warehouse,
        besides known: [String],
        on connection: borrowing Connection
    ) {
        let access = WarehouseAccess(warehouse, purpose: "tables")
        do {
            var read = WarehouseTables()
            _ = try access.readingTables(on: connection) { connection in
                try read.read(access, Set(known), on: connection)
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
            replaced: all.count { $0.status == "replaced" },
            rejectedRows: loaded.reduce(0) { $0 + $1.rejects },
            lastLoads: Array(all.prefix(Self.named))
        )
    }

    private mutating func read(
        _ access: WarehouseAccess,
        _ known: Set<String>,
        on connection: borrowing Connection
    ) throws {
        let found = try connection.rows(access.tableNames).compactMap { $0[0].string }
        if found.contains(Self.history) { try readLoads(on: connection) }
        // Others are somebody else's business.
        names = found.filter { known.contains($0) || loads[$0] != nil }
        for name in names {
            rows[name] = Int64(try connection.scalar(access.rowCount(of: name))?.int ?? 0)
            columns[name] = try connection.rows(
                "DESCRIBE SELECT * FROM warehouse.\(SQL.identifier(name))"
            ).map {
                TableDescription.WarehouseColumn(
                    name: $0[0].string ?? "",
                    type: $0[1].string ?? ""
                )
            }
        }
    }

    private mutating func readLoads(on connection: borrowing Connection) throws {
        let entries = try connection.rows(
            "SELECT table_name, source, sequencer, \"rows\", rejects, status, loaded_at FROM "
                + "warehouse.\(Self.history) WHERE status <> 'replayed' "
                + "ORDER BY loaded_at DESC, sequencer DESC"
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
