import DuckDB
import Events
import WarehouseAccess

/// SQL for the server about the keys of a table in mode `upsert`.
struct PostgresKeys {
    private let keys: [[String]]
    private let columns: [PostgresColumn]

    /// Takes the setting `keys`, names or dotted paths, and the table's columns.
    init(_ keys: [String], columns: [PostgresColumn]) {
        self.keys = keys.map { $0.split(separator: ".").map(String.init) }
        self.columns = columns
    }

    /// Holds for a row `old` of the table and a row `new` of a staging table with the same keys.
    var match: String {
        keys.map { "\(value($0, of: "old")) = \(value($0, of: "new"))" }
            .joined(separator: " AND ")
    }

    /// What must run before in the same session; nil for nothing.
    ///
    /// Text that holds JSON is taken apart by a function, since PostgreSQL up to 15 cannot ask
    /// whether a text is JSON without failing where it is not.
    var preparation: String? {
        guard match.contains(Self.member) else { return nil }
        return """
            CREATE OR REPLACE FUNCTION \(Self.member)(document text, path text[]) RETURNS text
            LANGUAGE plpgsql AS $body$
            BEGIN
                RETURN document::json #>> path;
            EXCEPTION WHEN OTHERS THEN
                RETURN NULL;
            END
            $body$
            """
    }

    private static let member = "pg_temp.sluice_member"

    private func value(_ path: [String], of row: String) -> String {
        guard let column = columns.first(where: { $0.name == path.first }) else { return "NULL" }
        let name = "\(row).\(SQL.identifier(column.physicalName))"
        let value = row == "new" ? column.arrived(name) : name
        return path.count == 1 ? value : Self.below(value, column.type, path.dropFirst())
    }

    /// What lies below a value; a column that became text holds it as JSON.
    private static func below(
        _ value: String,
        _ type: ColumnType,
        _ path: ArraySlice<String>
    ) -> String {
        switch type {
        case .struct:
            var type = type
            var names: [String] = []
            for (position, name) in path.enumerated() {
                guard case .struct(let fields) = type,
                    let field = fields.first(where: { $0.name == name })
                else {
                    guard type == .string else { return "NULL" }
                    let text = "(\(value)) #>> \(array(names))"
                    return below("(\(text))", .string, path.dropFirst(position))
                }
                names.append(name)
                type = field.type
            }
            return "NULLIF((\(value)) #> \(array(names)), 'null'::jsonb)"
        case .string, .void: return "\(member)(\(value), \(array(Array(path))))"
        default: return "NULL"
        }
    }

    private static func array(_ names: [String]) -> String {
        "ARRAY[\(names.map(SQL.literal).joined(separator: ", "))]"
    }
}
