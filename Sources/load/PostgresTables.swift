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
    var history: LoadHistory { LoadHistory(table: loads.onServer) }

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

    func hasHistory(on connection: borrowing Connection) throws -> Bool {
        try !loads.columns(on: connection).isEmpty
    }

    /// The most columns that a table of PostgreSQL can have.
    ///
    /// Source: PostgreSQL, "Limits".
    private static let mostColumns = 1600

    func prepare(_ change: WarehouseChange, on connection: borrowing Connection) throws {
        guard change.columns.count <= Self.mostColumns else {
            throw HandlerError.input(
                "TooManyColumns",
                "\(change.sources.joined(separator: ", ")): "
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

    var canStream: Bool { true }

    func apply(_ change: WarehouseChange, on connection: borrowing Connection) throws -> [Int] {
        let columns = change.fields.map { PostgresColumn(name: $0.name, type: $0.type) }
        let rows = PostgresRows(
            table: PostgresTable(change.settings.name, on: server),
            columns: columns,
            parts: change.parts
        )
        let present = try rows.table.columns(on: connection)
        if !change.removals.isEmpty {
            guard !present.isEmpty else { return change.removals.map { _ in 0 } }
            let counts = try change.removals.map {
                try take(rowsOf: $0, outOf: rows.table, on: connection)
            }
            if !change.parts.isEmpty {
                _ = try bringIn(change, rows, present, columns, on: connection)
            }
            return counts
        }
        return try bringIn(change, rows, present, columns, on: connection)
    }

    private func bringIn(
        _ change: WarehouseChange,
        _ rows: PostgresRows,
        _ present: [PostgresTable.Column],
        _ columns: [PostgresColumn],
        on connection: borrowing Connection
    ) throws -> [Int] {
        let shape = PostgresShape(table: rows.table, present: present, wanted: columns)
        if present.isEmpty {
            try connection.onServer(shape.creation)
            try connection.forgetServerTables()
            return try rows.insert(on: connection)
        }
        guard change.settings.mode.countsAllVersions || !shape.isFitting else {
            try removeRows(change, from: rows.table, on: connection)
            return try rows.insert(on: connection)
        }
        // Readers wait for what changes a table's columns: rows are on the server before.
        let staging = try rows.stage(on: connection)
        try connection.onServer(shape.additions)
        if change.isRetyped {
            try connection.onServer("DELETE FROM \(rows.table.onServer) WHERE _source IS NOT NULL")
            try connection.onServer(shape.retyping)
            try connection.onServer(rows.insertion(from: staging.table))
        } else if change.settings.mode == .upsert {
            try merge(change, rows, from: staging.table, on: connection)
        } else if change.settings.mode == .replacePartitions {
            let partitions = PostgresPartitions(
                of: rows.table.onServer,
                columns: columns.filter { change.partitionColumns.contains($0.name) }
            )
            try partitions.replace(by: rows, from: staging.table, on: connection)
        } else {
            try removeRows(change, from: rows.table, on: connection)
            try connection.onServer(rows.insertion(from: staging.table))
        }
        try connection.onServer("DROP TABLE \(staging.table)")
        return staging.counts
    }

    func record(
        _ versions: [PreparedVersion],
        replacing replaced: [VersionHistory.Version],
        table: String,
        on connection: borrowing Connection
    ) throws {
        let statements = history.recording(versions, replacing: replaced, table: table)
        try connection.onServer(statements.joined(separator: ";\n"))
    }

    /// Takes rows out that a removal ends, and tells how many.
    private func take(
        rowsOf removal: VersionHistory.Version,
        outOf table: PostgresTable,
        on connection: borrowing Connection
    ) throws -> Int {
        let rows = "FROM \(table.onServer) WHERE \(removal.leaves)"
        let found = try connection.serverRows("SELECT count(*) \(rows)")
        try connection.onServer("DELETE \(rows)")
        return found.first?[0].int ?? 0
    }

    func record(
        _ change: WarehouseChange,
        rows: [Int],
        on connection: borrowing Connection
    ) throws {
        let statements = history.recording(change, rows: rows)
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
}
