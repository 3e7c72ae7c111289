import DuckDB
public import Events
import TableRows

/// A column as a table in PostgreSQL has it.
///
/// What PostgreSQL's own type and name do not tell stands in the column's comment, a JSON object
/// with `type`, Glue's type of a `jsonb` column, and `name`, where the name had to be another.
public struct PostgresColumn: Sendable, Equatable {
    /// The column's name everywhere else.
    public let name: String
    /// The column's type.
    public let type: ColumnType
    /// The column's name in PostgreSQL.
    public let physicalName: String

    /// A column of Sluice's making; one in which no value was seen yet is text.
    public init(name: String, type: ColumnType) {
        self.name = name
        self.type = Self.shown(type)
        physicalName = PostgresName.column(name)
    }

    /// The column's type in PostgreSQL, as `format_type` spells it.
    ///
    /// Arrays that DuckDB's extension cannot write as they are, such as ragged ones, are `jsonb`, as
    /// structs are. Text in arrays is `character varying`: that is what it writes in binary form, and
    /// the textual form takes a text NULL for none.
    public var serverType: String { Self.serverType(of: type) }

    /// What the column's comment must say; nil where the column has none.
    public var comment: String? {
        var members: [JSONValue.Member] = []
        if physicalName != name { members.append(.init(name: "name", value: .string(name))) }
        if serverType == "jsonb" {
            members.append(.init(name: "type", value: .string(type.description)))
        }
        guard !members.isEmpty, let text = try? JSONText.encode(JSONValue.object(members)) else {
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func shown(_ type: ColumnType) -> ColumnType {
        switch type {
        case .void: .string
        case .array(let element): .array(shown(element))
        case .struct(let fields):
            .struct(fields.map { ColumnType.Field(name: $0.name, type: shown($0.type)) })
        default: type
        }
    }

    private static func serverType(of type: ColumnType) -> String {
        switch type {
        case .boolean: "boolean"
        case .int: "integer"
        case .bigint: "bigint"
        case .double: "double precision"
        case .decimal(let precision, let scale): "numeric(\(precision),\(scale))"
        case .date: "date"
        case .timestamp: "timestamp with time zone"
        case .string, .void: "text"
        case .binary: "bytea"
        case .struct: "jsonb"
        case .array(let element):
            switch element {
            case .array, .struct, .decimal: "jsonb"
            case .string, .void: "character varying[]"
            default: serverType(of: element) + "[]"
            }
        }
    }
}

extension PostgresColumn {
    /// Whether DuckDB's extension writes values as they are; others go through text in a staging
    /// table, which the server reads.
    ///
    /// It writes a `decimal` wrongly where the digits behind the point, in groups of four, are more
    /// than its integers hold.
    public var isWrittenDirectly: Bool {
        switch type {
        case .decimal(let precision, let scale):
            let held = [4, 9, 18, 38].first { precision <= $0 } ?? 38
            return (scale + 3) / 4 * 4 <= held
        default: return serverType != "jsonb"
        }
    }

    /// SQL for DuckDB: the value as it is sent.
    public func sent(_ value: String) -> String {
        if serverType == "jsonb" { return NestedJSON.text(of: value, type) }
        return isWrittenDirectly ? value : "CAST(\(value) AS VARCHAR)"
    }

    /// The type of the column in a staging table.
    public var stagingType: String { isWrittenDirectly ? serverType : "text" }

    /// SQL for the server: the value as the table has it, from one of a staging table.
    public func arrived(_ value: String) -> String {
        isWrittenDirectly ? value : "\(value)::\(serverType)"
    }

    /// SQL for DuckDB: the value from what its extension reads.
    public func read(_ value: String) -> String {
        serverType == "jsonb" ? NestedJSON.value(of: value, type) : value
    }
}

extension PostgresColumn {
    /// A column that is there already; nil when it is of a type that Sluice does not make.
    public init?(physicalName: String, serverType: String, comment: String?) {
        let note = comment.flatMap { try? JSONValue(parsing: $0) }
        let type: ColumnType?
        if serverType == "jsonb" {
            type = note?["type"]?.string.flatMap { ColumnType($0) }
        } else {
            type = Self.type(named: serverType)
        }
        guard let type, Self.serverType(of: type) == serverType || type == .string else {
            return nil
        }
        self.type = type
        self.physicalName = physicalName
        let name = note?["name"]?.string ?? physicalName
        self.name = PostgresName.column(name) == physicalName ? name : physicalName
    }

    private static func type(named text: String) -> ColumnType? {
        if text.hasSuffix("[]") { return type(named: String(text.dropLast(2))).map { .array($0) } }
        switch text {
        case "boolean": return .boolean
        case "integer": return .int
        case "bigint": return .bigint
        case "double precision": return .double
        case "date": return .date
        case "timestamp with time zone": return .timestamp
        case "text", "character varying": return .string
        case "bytea": return .binary
        default:
            guard text.hasPrefix("numeric(") else { return nil }
            return ColumnType("decimal" + text.dropFirst("numeric".count))
        }
    }
}

/// Names as PostgreSQL can have them: at most 63 bytes, and none of its own.
public enum PostgresName {
    /// The name of a table.
    public static func table(_ name: String) -> String { shortened(name) }

    /// The name of a column; those of PostgreSQL's system columns get a `_`.
    static func column(_ name: String) -> String {
        ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"].contains(name)
            ? name + "_" : shortened(name)
    }

    /// A name of more than 63 bytes: its beginning, and a digest of all of it.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > 63 else { return name }
        var start = name
        while start.utf8.count > 54 { start.removeLast() }
        // FNV-1a, which needs no library and is the same everywhere.
        let digest = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(digest, radix: 16)
        return start + "_" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
