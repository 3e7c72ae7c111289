import DuckDB
import WarehouseAccess

/// What has to happen to a table of PostgreSQL so that it has given columns.
struct PostgresShape {
    let table: PostgresTable
    let present: [PostgresTable.Column]
    let wanted: [PostgresColumn]

    /// Whether the columns are there, with their types.
    var isFitting: Bool { added.isEmpty && retyped.isEmpty }

    /// Whether the table has columns that are not wanted.
    var hasOthers: Bool { !others.isEmpty }

    /// Columns that are to be added.
    private var added: [PostgresColumn] {
        wanted.filter { column in !present.contains { $0.physicalName == column.physicalName } }
    }

    /// Columns whose type is to be another.
    var retyped: [PostgresColumn] {
        wanted.filter { column in
            present.contains {
                $0.physicalName == column.physicalName && $0.known?.type != column.type
            }
        }
    }

    private var others: [PostgresTable.Column] {
        present.filter { column in !wanted.contains { $0.physicalName == column.physicalName } }
    }

    /// Makes the table.
    var creation: String {
        let list = wanted.map { "\(SQL.identifier($0.physicalName)) \($0.serverType)" }
        var statements = ["CREATE TABLE \(table.onServer) (\(list.joined(separator: ", ")))"]
        if let comment = table.comment {
            statements.append("COMMENT ON TABLE \(table.onServer) IS \(SQL.literal(comment))")
        }
        return (statements + comments(wanted)).joined(separator: ";\n")
    }

    /// Adds columns, behind those that are there; without effect when none is missing.
    var additions: String {
        let actions = added.map { "ADD COLUMN \(SQL.identifier($0.physicalName)) \($0.serverType)" }
        return altering(actions, comments(added))
    }

    /// Gives columns their types, and what is in them the same value in it.
    var retyping: String {
        let actions = retyped.map { column in
            let name = SQL.identifier(column.physicalName)
            let old = present.first { $0.physicalName == column.physicalName }?.serverType ?? ""
            return "ALTER COLUMN \(name) TYPE \(column.serverType) "
                + "USING \(Self.conversion(of: name, from: old, to: column))"
        }
        return altering(actions, comments(retyped))
    }

    /// Removes columns that are not wanted.
    var removals: String {
        altering(others.map { "DROP COLUMN \(SQL.identifier($0.physicalName))" }, [])
    }

    private func altering(_ actions: [String], _ comments: [String]) -> String {
        guard !actions.isEmpty else { return "SELECT 1" }
        let alter = "ALTER TABLE \(table.onServer) \(actions.joined(separator: ", "))"
        return ([alter] + comments).joined(separator: ";\n")
    }

    private func comments(_ columns: [PostgresColumn]) -> [String] {
        columns.compactMap { column in
            let old = present.first { $0.physicalName == column.physicalName }
            guard column.comment != nil || old?.serverType == "jsonb" else { return nil }
            return "COMMENT ON COLUMN \(table.onServer).\(SQL.identifier(column.physicalName)) IS "
                + (column.comment.map(SQL.literal) ?? "NULL")
        }
    }

    /// What other programs put there, in the new type.
    private static func conversion(
        of name: String,
        from old: String,
        to column: PostgresColumn
    ) -> String {
        let isNested = old == "jsonb" || old.hasSuffix("[]")
        switch column.serverType {
        case "jsonb": return old == "jsonb" ? name : "to_jsonb(\(name))"
        case "text": return isNested ? "to_jsonb(\(name))::text" : "\(name)::text"
        default: return "\(name)::\(column.serverType)"
        }
    }
}
