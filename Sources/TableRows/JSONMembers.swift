import Catalog
import DuckDB
import Events

/// SQL that takes the members of JSON objects apart, each document parsed once for all of them.
struct JSONMembers: Sendable {
    private let structure: String
    private let repeated: Set<String>

    /// Takes the columns whose `originals` are members.
    init(_ columns: [TableEntry.KnownColumn]) {
        var kinds: [(name: String, isNested: Bool)] = []
        for column in columns {
            for name in column.originals where !kinds.contains(where: { $0.name == name }) {
                kinds.append((name, !column.type.isScalar))
            }
        }
        let folded = Dictionary(grouping: kinds.map(\.name)) { $0.lowercased() }
        // SQL does not tell such members apart by name, and has no empty ones; these are looked up
        // one by one.
        repeated = Set(folded.values.filter { $0.count > 1 || $0 == [""] }.joined())
        let members: [JSONValue.Member] = kinds.filter { [repeated] in !repeated.contains($0.name) }
            .map {
                JSONValue.Member(name: $0.name, value: .string($0.isNested ? "JSON" : "VARCHAR"))
            }
        let text = try? String(decoding: JSONText.encode(JSONValue.object(members)), as: UTF8.self)
        structure = members.isEmpty ? "" : text ?? ""
    }

    /// SQL of a column's text over ``relation(over:)``.
    func text(_ column: TableEntry.KnownColumn) -> String {
        let parts = column.originals.map { name in
            repeated.contains(name)
                ? "json_extract_string(doc, \(SQL.literal(Self.pointer(to: name))))"
                : "CAST(d.\(SQL.identifier(name)) AS VARCHAR)"
        }
        return parts.count == 1 ? parts[0] : "coalesce(\(parts.joined(separator: ", ")))"
    }

    /// SQL of documents, `doc`, with their members, `d`, and whether they are objects.
    func relation(over chunks: String) -> String {
        let members =
            structure.isEmpty
            ? "NULL" : "CASE WHEN is_object THEN from_json(doc, \(SQL.literal(structure))) END"
        return "(SELECT *, \(members) AS d FROM (SELECT *, f0 AS doc, "
            + "CASE WHEN json_valid(f0) THEN json_type(f0) = 'OBJECT' ELSE false END AS is_object "
            + "FROM \(chunks)))"
    }

    /// The JSON pointer to a member, as in RFC 6901.
    static func pointer(to name: String) -> String {
        "/"
            + name.reduce(into: "") { pointer, character in
                switch character {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.append(character)
                }
            }
    }
}
