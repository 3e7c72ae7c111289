import DuckDB

/// SQL about the keys of a table in mode `upsert`.
public struct UpsertKeys: Sendable {
    /// The keys as SQL over a row; dotted paths reach into structs.
    public let columns: [String]

    /// Takes the setting `keys`.
    public init(_ keys: [String]) {
        columns = keys.map { key in
            key.split(separator: ".").map { SQL.identifier(String($0)) }.joined(separator: ".")
        }
    }

    /// SQL that holds for rows `old` and `new` with the same keys.
    public var match: String {
        columns.map { "old.\($0) = new.\($0)" }.joined(separator: " AND ")
    }

    /// SQL of the newest row of each key; within a version the last one, by `#row`, which is dropped.
    public func newest(of rows: String) -> String {
        let order =
            "PARTITION BY \(columns.joined(separator: ", ")) ORDER BY _seq DESC, \"#row\" DESC"
        return "SELECT * EXCLUDE (\"#row\") FROM (\(rows)) QUALIFY row_number() OVER (\(order)) = 1"
    }
}
