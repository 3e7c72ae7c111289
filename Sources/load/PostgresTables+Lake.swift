import DuckDB
import Events
import TableRows
import WarehouseAccess

extension PostgresTables {
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
            parts: [change.rows]
        )
        let present = try rows.table.columns(on: connection)
        let shape = PostgresShape(table: rows.table, present: present, wanted: columns)
        if present.isEmpty {
            try connection.onServer(shape.creation)
            try connection.forgetServerTables()
            _ = try rows.insert(on: connection)
        } else if !shape.isFitting || shape.hasOthers {
            let staging = try rows.stage(on: connection)
            try connection.onServer("DELETE FROM \(rows.table.onServer)")
            for statement in [shape.removals, shape.additions, shape.retyping] {
                try connection.onServer(statement)
            }
            try connection.onServer(rows.insertion(from: staging.table))
            try connection.onServer("DROP TABLE \(staging.table)")
        } else {
            let condition = change.partitions.map { Self.condition($0, columns) }
            let filter = condition.map { " WHERE \($0)" } ?? ""
            try connection.onServer("DELETE FROM \(rows.table.onServer)\(filter)")
            _ = try rows.insert(on: connection)
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
