import Catalog
import DuckDB
import Events

/// Finds the members of JSON objects and their types.
struct JSONInference {
    /// SQL of the documents, in `f0`.
    let relation: String
    /// How many documents there are at most.
    let rowCount: Int
    /// How dates and times are written.
    let times: TimeFormats
    /// Which columns the members are.
    let map: ColumnMap
    /// The columns that must hold dates or times.
    let timeColumns: Set<String>

    /// The members as columns: mapped ones, then the others in the order in which they first appear.
    func columns(on connection: borrowing Connection) throws -> [CrawledColumn] {
        let objects =
            "(SELECT f0 FROM \(relation) WHERE CASE WHEN json_valid(f0) "
            + "THEN json_type(f0) = 'OBJECT' ELSE false END)"
        let text = try connection.scalar(
            "SELECT CAST(json_group_structure(CAST(f0 AS JSON)) AS VARCHAR) FROM \(objects)"
        )?.string
        guard let structure = try text.map({ try JSONValue(parsing: $0) })?.members else {
            return []
        }
        let (mapped, others) = map.members(of: structure)
        let members: [(column: String?, path: MemberPath)] =
            mapped.flatMap { column, paths in paths.map { (column, $0) } }
            + others.map { (nil, $0) }
        let types = try types(of: members, on: connection)
        return zip(members, types).map { member, type in
            CrawledColumn(original: member.path.name, name: member.column, inferred: type)
        }
    }

    private func types(
        of members: [(column: String?, path: MemberPath)],
        on connection: borrowing Connection
    ) throws -> [InferredType] {
        let paths = members.map(\.path)
        let isTime = members.map { member in member.column.map(timeColumns.contains) ?? false }
        let reader = JSONMembers(paths.map { ($0.parts, $0.isNested) })
        let rows = "(SELECT * FROM \(reader.relation(over: relation)) WHERE is_object)"
        let scalars = paths.indices.filter { !paths[$0].isNested }
        let columns = scalars.map { index in
            let path = paths[index]
            return TextColumn(
                text: reader.text(path.parts),
                candidates: candidates(path.structure.string ?? ""),
                isTime: isTime[index]
            )
        }
        var types = paths.map { _ in InferredType(.string) }
        let inference = ColumnInference(relation: rows, times: times, rowCount: rowCount)
        for (index, type) in zip(scalars, try inference.types(of: columns, on: connection)) {
            types[index] = type
        }
        for index in paths.indices where paths[index].isNested {
            guard !isTime[index] else {
                types[index] = InferredType(.date)
                continue
            }
            let type = ColumnType(structure: paths[index].structure)
            let fits = try holdsIntegers(type, reader.text(paths[index].parts), rows, connection)
            types[index] = InferredType(fits ? type : type.withoutIntegers)
        }
        return types
    }

    /// The types that a member of DuckDB's kind can have in a table; text in quotes is no number.
    private func candidates(_ kind: String) -> [ColumnType] {
        switch kind {
        case "BOOLEAN": [.boolean]
        case "UBIGINT", "BIGINT", "HUGEINT", "DOUBLE": [.bigint, .double]
        case "VARCHAR": [.date, .timestamp]
        case "NULL": [.boolean]
        default: []
        }
    }

    /// Whether every integer within nested values fits 64 bits.
    private func holdsIntegers(
        _ type: ColumnType,
        _ text: String,
        _ rows: String,
        _ connection: borrowing Connection
    ) throws -> Bool {
        guard type.withoutIntegers != type else { return true }
        let shown = type.shown.sqlName
        let wide = shown.replacing("BIGINT", with: "HUGEINT")
        let cast = { (name: String) in
            "CAST(to_json(TRY_CAST(CAST(\(text) AS JSON) AS \(name))) AS VARCHAR)"
        }
        let odd = try connection.scalar(
            "SELECT count(*) FROM \(rows) WHERE \(cast(shown)) IS DISTINCT FROM \(cast(wide))"
        )
        return odd?.int == 0
    }
}

extension ColumnType {
    /// The type of a structure as DuckDB's `json_group_structure` describes it.
    ///
    /// Text within arrays and structs stays text, also where it looks like a time.
    init(structure: JSONValue) {
        switch structure {
        case .string("BOOLEAN"): self = .boolean
        case .string("UBIGINT"), .string("BIGINT"), .string("HUGEINT"): self = .bigint
        case .string("DOUBLE"): self = .double
        case .string("NULL"): self = .void
        case .array(let elements):
            self = .array(elements.first.map { ColumnType(structure: $0) } ?? .void)
        case .object(let members):
            let fields = members.map {
                Field(name: $0.name, type: ColumnType(structure: $0.value))
            }
            // An object without members tells nothing of the others.
            self = fields.isEmpty ? .void : Self.structure(fields)
        default: self = .string
        }
    }

    /// A struct, or text where a table cannot have these names.
    private static func structure(_ fields: [Field]) -> ColumnType {
        let forbidden = " ,;{}()\n\t=\r`"
        let isUsable = fields.allSatisfy { field in
            !field.name.isEmpty && !field.name.contains { forbidden.contains($0) }
        }
        guard isUsable, fields.count <= 1000 else { return .string }
        return ColumnType.struct([]).widened(by: .struct(fields))
    }

    /// The type with text in place of integers.
    var withoutIntegers: ColumnType {
        switch self {
        case .bigint: .string
        case .array(let element): .array(element.withoutIntegers)
        case .struct(let fields):
            .struct(fields.map { Field(name: $0.name, type: $0.type.withoutIntegers) })
        default: self
        }
    }
}
