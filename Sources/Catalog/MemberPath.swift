public import Events

/// A member of JSON objects: at the top, or within the objects of others.
public struct MemberPath: Sendable, Equatable {
    /// The names from the top down, as they stand in files.
    public var parts: [String]
    /// What the member holds, as DuckDB's `json_group_structure` describes it: text names a kind of
    /// scalar, arrays and objects stand for themselves.
    public var structure: JSONValue
    /// The name that was looked for.
    public var request: String

    /// The dotted path.
    public var name: String { parts.joined(separator: ".") }

    /// Whether it holds arrays or objects.
    public var isNested: Bool { structure.string == nil }

    /// The ways in which a name can be read: as that of a member, and with dots as a path.
    ///
    /// A part of a path that has a dot itself cannot be named.
    public static func ways(to name: String) -> [[String]] {
        let parts = name.split(separator: ".").map(String.init)
        return parts.count > 1 ? [[name], parts] : [[name]]
    }

    /// The members that a name means: the first of that name, and the first at that path.
    static func find(
        _ name: String,
        exactly: Bool,
        in structure: [JSONValue.Member]
    ) -> [MemberPath] {
        ways(to: name).compactMap { way in
            var parts: [String] = []
            var here = JSONValue.object(structure)
            for part in way {
                let member = here.members?.first { member in
                    exactly ? member.name == part : ColumnMap.folds(part, like: member.name)
                }
                guard let member, way.count == 1 || !member.name.contains(".") else { return nil }
                parts.append(member.name)
                here = member.value
            }
            return MemberPath(parts: parts, structure: here, request: name)
        }
    }
}
