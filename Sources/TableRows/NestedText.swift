import DuckDB
import Events

/// SQL that reads JSON text as arrays and structs, leaf by leaf under the rules of `ScalarText`.
///
/// DuckDB's own cast makes a leaf that does not fit null, or rounds it; a given type must refuse it.
enum NestedText {
    /// The value of a JSON text; parts that do not fit are null.
    static func value(_ text: String, as type: ColumnType, times: TimeFormats) -> String {
        let document = "CASE WHEN json_valid(\(text)) THEN CAST(\(text) AS JSON) END"
        return bound(document, at: 0) { value(of: $0, as: type, times, depth: 1) }
    }

    /// Whether a JSON text fits in all its parts; members that the type has not do not count.
    static func fits(_ text: String, as type: ColumnType, times: TimeFormats) -> String {
        let document = "CASE WHEN json_valid(\(text)) THEN CAST(\(text) AS JSON) END"
        return "(json_valid(\(text)) AND "
            + bound(document, at: 0) { fits($0, type, times, depth: 1) } + ")"
    }

    /// Names an expression, so that it stands in the statement only once.
    private static func bound(
        _ expression: String,
        at depth: Int,
        _ body: (String) -> String
    ) -> String {
        "list_transform([\(expression)], lambda v\(depth): \(body("v\(depth)")))[1]"
    }

    private static func value(
        of json: String,
        as type: ColumnType,
        _ times: TimeFormats,
        depth: Int
    ) -> String {
        switch type {
        case .array(let element):
            let item = value(of: "v\(depth)", as: element, times, depth: depth + 1)
            return "CASE WHEN json_type(\(json)) = 'ARRAY' THEN "
                + "list_transform(json_extract(\(json), '$[*]'), lambda v\(depth): \(item)) END"
        case .struct(let fields):
            let members = fields.map { field in
                let member = bound(Self.member(field.name, of: json), at: depth) {
                    value(of: $0, as: field.type, times, depth: depth + 1)
                }
                return "\(SQL.identifier(field.name)) := \(member)"
            }
            return "CASE WHEN json_type(\(json)) = 'OBJECT' THEN "
                + "struct_pack(\(members.joined(separator: ", "))) END"
        default:
            return ScalarText.value(leaf(json), as: type, isGiven: true, times: times)
        }
    }

    private static func fits(
        _ json: String,
        _ type: ColumnType,
        _ times: TimeFormats,
        depth: Int
    ) -> String {
        let condition: String
        switch type {
        case .array(let element):
            let item = fits("v\(depth)", element, times, depth: depth + 1)
            condition =
                "WHEN json_type(\(json)) = 'ARRAY' THEN coalesce(list_bool_and(list_transform("
                + "json_extract(\(json), '$[*]'), lambda v\(depth): \(item))), true)"
        case .struct(let fields):
            let parts = fields.map { field in
                bound(member(field.name, of: json), at: depth) {
                    fits($0, field.type, times, depth: depth + 1)
                }
            }
            condition =
                "WHEN json_type(\(json)) = 'OBJECT' THEN \(parts.joined(separator: " AND "))"
        default:
            condition = "WHEN \(leafFits(json, type, times)) THEN true"
        }
        return "CASE WHEN coalesce(json_type(\(json)), 'NULL') = 'NULL' THEN true \(condition) "
            + "ELSE false END"
    }

    private static func leafFits(
        _ json: String,
        _ type: ColumnType,
        _ times: TimeFormats
    ) -> String {
        if type == .string || type == .void { return "true" }
        let value = ScalarText.value(leaf(json), as: type, isGiven: true, times: times)
        return "\(value) IS NOT NULL OR \(ScalarText.isBlank(leaf(json), as: type))"
    }

    private static func leaf(_ json: String) -> String { "json_extract_string(\(json), '$')" }

    private static func member(_ name: String, of json: String) -> String {
        "json_extract(\(json), \(SQL.literal(JSONMembers.pointer(to: name))))"
    }
}
