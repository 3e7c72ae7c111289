import DuckDB
public import Events

/// SQL about the keys of a table in mode `upsert`.
public struct UpsertKeys: Sendable {
    private let keys: [[String]]
    private let columns: [ColumnType.Field]

    /// Takes the setting `keys`, names or dotted paths, and the table's columns.
    public init(_ keys: [String], columns: [ColumnType.Field]) {
        self.keys = keys.map { $0.split(separator: ".").map(String.init) }
        self.columns = columns
    }

    /// SQL that holds for rows `old` and `new` with the same keys.
    public var match: String {
        zip(values(of: "old"), values(of: "new")).map { "\($0) = \($1)" }
            .joined(separator: " AND ")
    }

    /// SQL of the newest row of each key; within a version the last one, by `#row`, which is dropped.
    public func newest(of rows: String) -> String {
        let order =
            "PARTITION BY \(values(of: nil).joined(separator: ", ")) "
            + "ORDER BY _seq DESC, \"#row\" DESC"
        return "SELECT * EXCLUDE (\"#row\") FROM (\(rows)) QUALIFY row_number() OVER (\(order)) = 1"
    }

    /// SQL of a query with one number: how many keys have more than one row.
    public func doubled(in rows: String) -> String {
        "SELECT count(*) FROM (SELECT 1 FROM (\(rows)) GROUP BY "
            + "\(values(of: nil).joined(separator: ", ")) HAVING count(*) > 1)"
    }

    private func values(of row: String?) -> [String] {
        keys.map { path in
            let field = columns.first { $0.name == path.first }
            let column = (row.map { $0 + "." } ?? "") + SQL.identifier(path.first ?? "")
            return Self.value(column, type: field?.type ?? .string, path: path.dropFirst())
        }
    }

    /// SQL of what lies below a column's value; a column that became text holds it as JSON.
    static func value(_ column: String, type: ColumnType, path: ArraySlice<String>) -> String {
        guard let name = path.first else { return column }
        switch type {
        case .struct(let fields):
            guard let field = fields.first(where: { $0.name == name }) else { return "NULL" }
            return value(
                "struct_extract(\(column), \(SQL.literal(name)))",
                type: field.type,
                path: path.dropFirst()
            )
        case .string, .void:
            let document = "CASE WHEN json_valid(\(column)) THEN \(column) END"
            let pointer = "/" + path.joined(separator: "/")
            return "json_extract_string(\(document), \(SQL.literal(pointer)))"
        default: return "NULL"
        }
    }
}
