import Buckets
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import TableRows
import WarehouseAccess

/// The tables of a warehouse that is a PostgreSQL schema.
///
/// A table is never replaced by another: rights, indexes and views that people gave it stay. Rows
/// are sent in PostgreSQL's binary form, into the table itself or, where the server has to do
/// something with them first, into a staging table that the same transaction drops.
struct PostgresTables: WarehouseTables {
    let server: PostgresServer

    private var loads: PostgresTable { PostgresTable(LoadHistory.name, on: server) }
    private var history: LoadHistory { LoadHistory(table: loads.onServer) }

    func state(
        of name: String,
        mode: TableSettings.Mode,
        on connection: borrowing Connection
    ) throws -> WarehouseTable {
        let table = PostgresTable(name, on: server)
        let present = try table.columns(on: connection)
        let known = try WarehouseTable.Column.all(
            present.compactMap { column in
                column.known.map { ColumnType.Field(name: $0.name, type: $0.type) }
            },
            on: connection
        )
        var types = Dictionary(known.map { ($0.name, $0.type) }) { first, _ in first }
        for column in present where column.known == nil { types[column.name] = column.serverType }
        return WarehouseTable(
            columns: present.map {
                WarehouseTable.Column(name: $0.name, type: types[$0.name] ?? $0.serverType)
            },
            loads: try hasHistory(on: connection)
                ? try connection.serverRows(history.loads(of: name)) : [],
            mode: mode
        )
    }

    private func hasHistory(on connection: borrowing Connection) throws -> Bool {
        try !loads.columns(on: connection).isEmpty
    }

    /// The most columns that a table of PostgreSQL can have. Source: PostgreSQL, "Limits".
    private static let mostColumns = 1600

    func prepare(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        guard change.columns.count <= Self.mostColumns else {
            throw HandlerError.input(
                "TooManyColumns",
                "\(change.chosen.map(\.manifest.source.source).joined(separator: ", ")): "
                    + "\(change.settings.name) would have \(change.columns.count) columns, and "
                    + "PostgreSQL admits \(Self.mostColumns); leave some out with `transform`"
            )
        }
    }

    func owners(
        of name: String,
        on connection: borrowing Connection
    ) throws -> Set<VersionHistory.Version> {
        let table = PostgresTable(name, on: server).onServer
        return WarehouseTable.versions(
            try connection.serverRows(WarehouseTable.owners(in: table))
        )
    }

    func makeHistory(on connection: borrowing Connection) throws {
        guard try !hasHistory(on: connection) else { return }
        let schema = SQL.identifier(server.schema)
        try connection.transaction {
            try connection.onServer("SET LOCAL lock_timeout = '10s'")
            try lock("", on: connection)
            let found = try connection.serverRows(
                "SELECT 1 FROM pg_catalog.pg_namespace "
                    + "WHERE nspname = \(SQL.literal(server.schema))"
            )
            // IF NOT EXISTS asks for the right to make one also where there is one.
            if found.isEmpty { try connection.onServer("CREATE SCHEMA \(schema)") }
            try connection.onServer(history.creation)
        }
        try connection.forgetServerTables()
    }

    func begin(table: String, on connection: borrowing Connection) throws {
        try connection.onServer("SET LOCAL lock_timeout = '10s'")
        try lock(table, on: connection)
    }

    /// Keeps other loads from a table until the transaction ends.
    private func lock(_ table: String, on connection: borrowing Connection) throws {
        let name = SQL.literal("sluice \(server.schema).\(table)")
        _ = try connection.serverRows(
            "SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))::text"
        )
    }

    func apply(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        let columns = change.fields.map { PostgresColumn(name: $0.name, type: $0.type) }
        let rows = PostgresRows(
            table: PostgresTable(change.settings.name, on: server),
            columns: columns,
            rows: change.rows
        )
        let present = try rows.table.columns(on: connection)
        let shape = PostgresShape(table: rows.table, present: present, wanted: columns)
        if present.isEmpty {
            try connection.onServer(shape.creation)
            try connection.forgetServerTables()
            try rows.insert(on: connection)
        } else if change.settings.mode.countsAllVersions || !shape.isFitting {
            // Readers wait for what changes a table's columns: rows are on the server before.
            let staging = try rows.stage(on: connection)
            try connection.onServer(shape.additions)
            if change.isRetyped {
                try connection.onServer(
                    "DELETE FROM \(rows.table.onServer) WHERE _source IS NOT NULL"
                )
                try connection.onServer(shape.retyping)
                try connection.onServer(rows.insertion(from: staging))
            } else if change.settings.mode == .upsert {
                try merge(change, rows, from: staging, on: connection)
            } else if change.settings.mode == .replacePartitions {
                let partitions = PostgresPartitions(
                    of: rows.table.onServer,
                    columns: columns.filter { change.partitionColumns.contains($0.name) }
                )
                try partitions.replace(by: rows, from: staging, on: connection)
            } else {
                try removeRows(change, from: rows.table, on: connection)
                try connection.onServer(rows.insertion(from: staging))
            }
            try connection.onServer("DROP TABLE \(staging)")
        } else {
            try removeRows(change, from: rows.table, on: connection)
            try rows.insert(on: connection)
        }
        let statements = history.recording(
            change.chosen,
            replacing: change.replaced,
            table: change.settings.name
        )
        try connection.onServer(statements.joined(separator: ";\n"))
    }

    /// Removes the rows that give way; those of other programs, without a source, stay.
    private func removeRows(
        _ change: WarehouseChange,
        from table: PostgresTable,
        on connection: borrowing Connection
    ) throws {
        if change.settings.mode == .replace {
            try connection.onServer("DELETE FROM \(table.onServer) WHERE _source IS NOT NULL")
        } else if !change.replaced.isEmpty {
            let sources = change.replaced.map { SQL.literal($0.source) }.joined(separator: ", ")
            try connection.onServer(
                "DELETE FROM \(table.onServer) WHERE _source = ANY (ARRAY[\(sources)])"
            )
        }
    }

    /// For each key the row of the greatest sequencer stays.
    private func merge(
        _ change: WarehouseChange,
        _ rows: PostgresRows,
        from staging: String,
        on connection: borrowing Connection
    ) throws {
        let keys = PostgresKeys(change.settings.keys, columns: rows.columns)
        if let preparation = keys.preparation { try connection.onServer(preparation) }
        let table = rows.table.onServer
        try connection.onServer(
            "DELETE FROM \(table) AS old USING \(staging) AS new "
                + "WHERE \(keys.match) AND old._seq <= new._seq"
        )
        try connection.onServer(
            rows.insertion(from: staging)
                + " AS new WHERE NOT EXISTS (SELECT 1 FROM \(table) AS old "
                + "WHERE \(keys.match) AND old._seq > new._seq)"
        )
    }

    // MARK: - Lake tables

    func loadedVersion(
        of lake: LakeTable,
        on connection: borrowing Connection
    ) throws -> Int64? {
        guard try hasHistory(on: connection),
            try !PostgresTable(lake.name, on: server).columns(on: connection).isEmpty
        else { return nil }
        return try connection.serverRows(history.version(of: lake)).first?.first?.int
            .map(Int64.init)
    }

    func apply(_ change: LakeChange, on connection: borrowing Connection) throws {
        let result = try connection.query("SELECT * FROM (\(change.rows)) LIMIT 0")
        let columns = result.columns.map {
            PostgresColumn(name: $0.name, type: ColumnType($0.type))
        }
        try result.drain()
        let rows = PostgresRows(
            table: PostgresTable(change.lake.name, on: server),
            columns: columns,
            rows: change.rows
        )
        let present = try rows.table.columns(on: connection)
        let shape = PostgresShape(table: rows.table, present: present, wanted: columns)
        if present.isEmpty {
            try connection.onServer(shape.creation)
            try connection.forgetServerTables()
            try rows.insert(on: connection)
        } else if !shape.isFitting || shape.hasOthers {
            let staging = try rows.stage(on: connection)
            try connection.onServer("DELETE FROM \(rows.table.onServer)")
            for statement in [shape.removals, shape.additions, shape.retyping] {
                try connection.onServer(statement)
            }
            try connection.onServer(rows.insertion(from: staging))
            try connection.onServer("DROP TABLE \(staging)")
        } else {
            let condition = change.partitions.map { Self.condition($0, columns) }
            let filter = condition.map { " WHERE \($0)" } ?? ""
            try connection.onServer("DELETE FROM \(rows.table.onServer)\(filter)")
            try rows.insert(on: connection)
        }
        let count = change.total.map(String.init) ?? "(SELECT count(*) FROM \(rows.table.onServer))"
        let statements = history.recording(change.lake, version: change.version, rows: count)
        try connection.onServer(statements.joined(separator: ";\n"))
    }

    /// SQL for the server that holds for the rows of some partitions.
    private static func condition(
        _ partitions: [[String: String?]],
        _ columns: [PostgresColumn]
    ) -> String {
        let named = Dictionary(columns.map { ($0.name, $0) }) { first, _ in first }
        var whole: [String: [String]] = [:]
        var parts: [String] = []
        for values in partitions {
            let pairs = values.sorted { $0.key < $1.key }.map { name, value in
                let column = named[name] ?? PostgresColumn(name: name, type: .string)
                let literal = value.flatMap { $0.isEmpty ? nil : $0 }
                    .map { "\(SQL.literal($0))::\(column.serverType)" }
                return (name: SQL.identifier(column.physicalName), literal: literal)
            }
            let literals = pairs.compactMap(\.literal)
            if literals.count == pairs.count {
                // One list for all is looked up by hash, row by row.
                let names = "(\(pairs.map(\.name).joined(separator: ", ")))"
                whole[names, default: []].append("(\(literals.joined(separator: ", ")))")
            } else {
                parts.append(
                    pairs.map { "\($0.name) IS NOT DISTINCT FROM \($0.literal ?? "NULL")" }
                        .joined(separator: " AND ")
                )
            }
        }
        parts += whole.map { "\($0.key) IN (\($0.value.joined(separator: ", ")))" }
        return parts.isEmpty ? "false" : parts.joined(separator: " OR ")
    }
}
