import DuckDB
import Events

/// SQL that takes the members of JSON objects apart, each document parsed once for those at its top.
struct JSONMembers: Sendable {
    private let structure: String
    private let repeated: Set<String>

    /// Takes paths to members, and whether what is there can be an array or an object.
    init(_ paths: [(path: [String], isNested: Bool)]) {
        var kinds: [(name: String, isNested: Bool)] = []
        for (path, isNested) in paths where path.count == 1 {
            if let index = kinds.firstIndex(where: { $0.name == path[0] }) {
                kinds[index].isNested = kinds[index].isNested || isNested
            } else {
                kinds.append((path[0], isNested))
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

    /// SQL of the text at a path over ``relation(over:)``.
    func text(_ path: [String]) -> String {
        if let name = path.first, path.count == 1, !repeated.contains(name) {
            return "CAST(d.\(SQL.identifier(name)) AS VARCHAR)"
        }
        let pointer = path.map { Self.pointer(to: $0) }.joined()
        return "json_extract_string(doc, \(SQL.literal(pointer)))"
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
