import DuckDB
import Events
import TableRows

/// SQL that makes JSON text of arrays and structs, and arrays and structs of JSON text.
///
/// Both ways keep every value: numbers that JSON has not, such as infinity, are texts, as are decimals
/// of more digits than readers of JSON keep, and bytes are hexadecimal ones. DuckDB's own conversions
/// are used where they do so too.
enum NestedJSON {
    /// The JSON text of a value.
    static func text(of value: String, _ type: ColumnType) -> String {
        let plain = "CAST(to_json(\(value)) AS VARCHAR)"
        if holds(type, isText) { return careful(value, type) }
        // Without a number that JSON has not, DuckDB's own text is right.
        return holds(type, { $0 == .double })
            ? "CASE WHEN json_valid(\(plain)) THEN \(plain) ELSE \(careful(value, type)) END"
            : plain
    }

    /// The value of a JSON text that ``text(of:_:)`` made.
    static func value(of text: String, _ type: ColumnType) -> String {
        let json = "CAST(\(text) AS JSON)"
        return holds(type, isText)
            ? part(json, type, depth: 1) : "TRY_CAST(\(json) AS \(type.sqlName))"
    }

    /// Whether values of a type are texts in JSON although they are none.
    private static func isText(_ type: ColumnType) -> Bool {
        if case .decimal(let precision, _) = type { return precision > 15 }
        return type == .binary
    }

    private static func holds(_ type: ColumnType, _ condition: (ColumnType) -> Bool) -> Bool {
        switch type {
        case .array(let element): holds(element, condition)
        case .struct(let fields): fields.contains { holds($0.type, condition) }
        default: condition(type)
        }
    }

    private static func careful(_ value: String, _ type: ColumnType) -> String {
        "CAST(\(json(value, type, depth: 1)) AS VARCHAR)"
    }

    private static func json(_ value: String, _ type: ColumnType, depth: Int) -> String {
        switch type {
        case .double:
            "CASE WHEN isfinite(\(value)) THEN to_json(\(value)) "
                + "ELSE to_json(CAST(\(value) AS VARCHAR)) END"
        case .binary: "to_json(hex(\(value)))"
        case .decimal where isText(type): "to_json(CAST(\(value) AS VARCHAR))"
        case .array(let element):
            "to_json(list_transform(\(value), lambda e\(depth): "
                + "\(json("e\(depth)", element, depth: depth + 1))))"
        case .struct(let fields):
            "CASE WHEN \(value) IS NOT NULL THEN json_object("
                + fields.map { field in
                    let member = "struct_extract(\(value), \(SQL.literal(field.name)))"
                    return "\(SQL.literal(field.name)), \(json(member, field.type, depth: depth))"
                }.joined(separator: ", ") + ") END"
        default: "to_json(\(value))"
        }
    }

    private static func part(_ json: String, _ type: ColumnType, depth: Int) -> String {
        switch type {
        case .array(let element):
            return "CASE WHEN json_type(\(json)) = 'ARRAY' THEN "
                + "list_transform(json_extract(\(json), '$[*]'), lambda p\(depth): "
                + "\(part("p\(depth)", element, depth: depth + 1))) END"
        case .struct(let fields):
            let members = fields.map { field in
                let member = "json_extract(\(json), \(SQL.literal(pointer(to: field.name))))"
                return "\(SQL.identifier(field.name)) := \(part(member, field.type, depth: depth))"
            }
            return "CASE WHEN json_type(\(json)) = 'OBJECT' THEN "
                + "struct_pack(\(members.joined(separator: ", "))) END"
        default:
            let leaf = "json_extract_string(\(json), '$')"
            return type == .binary ? "unhex(\(leaf))" : "TRY_CAST(\(leaf) AS \(type.sqlName))"
        }
    }

    /// The JSON pointer to a member, as in RFC 6901.
    private static func pointer(to name: String) -> String {
        "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
