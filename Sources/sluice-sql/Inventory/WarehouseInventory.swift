import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows
import Verification
import WarehouseAccess

/// Reads the warehouse for `sluice verify`, in one transaction.
struct WarehouseInventory {
    private let access: WarehouseAccess
    private let config: FunctionConfig
    private let detail: Detail
    private(set) var facts = WarehouseFacts()

    /// The table of the load history.
    private static let history = "sluice_loads"

    /// How much is looked at.
    enum Detail {
        /// Every value of every row.
        case values
        /// Rows are counted.
        case counts
        /// Names of tables and the load history; no row is read.
        case history
    }

    init(_ config: FunctionConfig, detail: Detail) {
        access = WarehouseAccess(config.warehouse, purpose: "verify")
        self.config = config
        self.detail = detail
    }

    /// Reads everything; what fails is a fact, too.
    ///
    /// - Parameters:
    ///   - wanted: Tables to look at beside those that the load history names.
    ///   - lakeColumns: The columns of lake tables, whose values are compared.
    ///   - connection: A connection of its own.
    ///   - progress: Is told what is being read.
    /// - Returns: The columns whose values were added up, by table.
    mutating func read(
        _ wanted: Set<String>,
        lakeColumns: [String: [QueryResult.Column]],
        on connection: borrowing Connection,
        _ progress: Progress
    ) -> [String: [String]] {
        var compared: [String: [String]] = [:]
        do {
            var tables: [WarehouseTableFacts] = []
            let found: Bool? = try access.readingTables(on: connection) { connection in
                tables = try self.tables(on: connection).filter {
                    wanted.contains($0.table) || !$0.content.loads.isEmpty || $0.copyOf != nil
                }
                for index in tables.indices where tables[index].exists && detail != .history {
                    progress.show("warehouse.\(tables[index].table)")
                    let columns = lakeColumns[tables[index].table]
                    compared[tables[index].table] = try count(
                        &tables[index],
                        beside: columns ?? [],
                        on: connection
                    )
                }
                return true
            }
            facts.exists = found != nil
            facts.tables = tables
        } catch {
            facts.exists = true
            facts.problem = (error as? HandlerError)?.message ?? "\(error)"
        }
        return compared
    }

    /// The tables that are there or that the history names, with its entries.
    private func tables(
        on connection: borrowing Connection
    ) throws -> [WarehouseTableFacts] {
        let names = try connection.rows(access.tableNames).compactMap { $0[0].string }
        var tables: [String: WarehouseTableFacts] = [:]
        for name in names where name != Self.history {
            var table = WarehouseTableFacts(table: name)
            table.exists = true
            tables[name] = table
        }
        guard names.contains(Self.history) else { return Array(tables.values) }
        let rows = try connection.rows(
            "SELECT table_name, source, sequencer, etag, \"rows\", rejects, status FROM "
                + "warehouse.\(Self.history) ORDER BY sequencer"
        )
        for row in rows {
            let name = row[0].string ?? ""
            var table = tables[name] ?? WarehouseTableFacts(table: name)
            let source = row[1].string ?? ""
            let sequencer = Int64(row[2].int ?? 0)
            if source == "lake/\(name)" {
                table.copyOf = WarehouseTableFacts.LakeCopy(
                    version: sequencer,
                    id: row[3].string ?? "",
                    rows: Int64(row[4].int ?? -1)
                )
            } else if row[6].string == "replayed" {
                continue
            } else if row[6].string == "removed" {
                table.content.removals.append(VersionName(source: source, sequencer: sequencer))
            } else {
                table.content.loads.append(
                    TableContent.Load(
                        name: VersionName(source: source, sequencer: sequencer),
                        rows: row[4].int.map(Int64.init),
                        rejected: row[5].int.map(Int64.init),
                        eTag: row[3].string,
                        isCurrent: row[6].string == "loaded"
                    )
                )
            }
            tables[name] = table
        }
        return tables.values.sorted { $0.table < $1.table }
    }

    /// Counts a table's rows; the answer are the columns whose values were added up.
    private func count(
        _ table: inout WarehouseTableFacts,
        beside lake: [QueryResult.Column],
        on connection: borrowing Connection
    ) throws -> [String]? {
        let name = "warehouse.\(SQL.identifier(table.table))"
        let columns = try connection.query("SELECT * FROM \(name) LIMIT 0").columns
        let names = Set(columns.map(\.name))
        table.hasSource = names.contains("_source") && names.contains("_seq")
        let common = detail == .counts ? nil : Self.comparable(columns, lake)
        if table.copyOf != nil, !table.hasSource, let common, !common.isEmpty {
            var counter = RowCounter(digesting: common)
            let list = common.map { SQL.identifier($0) }.joined(separator: ", ")
            try counter.countAll("SELECT \(list) FROM \(name)", on: connection)
            counter.give(to: &table.content)
            table.totalRows = table.content.totalRows
            return common
        }
        guard table.hasSource else {
            let count = try connection.scalar(access.rowCount(of: table.table))
            table.totalRows = Int64(count?.int ?? 0)
            return nil
        }
        var counter = RowCounter(digesting: common)
        if let common, !common.isEmpty {
            let list = (common + ["_source", "_seq"]).map { SQL.identifier($0) }
            try counter.count("SELECT \(list.joined(separator: ", ")) FROM \(name)", on: connection)
        } else {
            try counter.add(access.versionCounts(of: table.table), on: connection)
        }
        counter.give(to: &table.content)
        table.totalRows = table.content.totalRows
        if table.copyOf == nil {
            try ModeQuery(config.table(named: table.table)).count(
                "SELECT * FROM \(name)",
                columns: columns.map { .init(name: $0.name, type: ColumnType($0.type)) },
                into: &table.content,
                on: connection
            )
        }
        return common
    }

    /// Columns that both stores have, in the same type, in an order that both can take.
    private static func comparable(
        _ columns: [QueryResult.Column],
        _ lake: [QueryResult.Column]
    ) -> [String] {
        columns.filter { column in
            !["_source", "_seq"].contains(column.name) && lake.contains(column)
        }.map(\.name).sorted()
    }
}
