public import DeltaTable
public import Events

extension DeltaType {
    /// The lake's type for a type of the catalog.
    ///
    /// A column that has held nothing but null so far is text, as in the warehouse.
    public init(_ type: ColumnType) {
        switch type {
        case .void, .string: self = .string
        case .boolean: self = .boolean
        case .int: self = .integer
        case .bigint: self = .long
        case .double: self = .double
        case .decimal(let precision, let scale):
            self = .decimal(precision: precision, scale: scale)
        case .date: self = .date
        case .timestamp: self = .timestamp
        case .binary: self = .binary
        case .array(let element): self = .array(of: DeltaType(element), containsNull: true)
        case .struct(let fields):
            self = .structure(
                fields.map { DeltaField(name: $0.name, type: DeltaType($0.type)) }
            )
        }
    }
}

extension DeltaType {
    /// The type in Glue's names, also for types that only other writers use.
    public var glueName: String {
        switch self {
        case .string: "string"
        case .long: "bigint"
        case .integer: "int"
        case .short: "smallint"
        case .byte: "tinyint"
        case .float: "float"
        case .double: "double"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        case .boolean: "boolean"
        case .binary: "binary"
        case .date: "date"
        case .timestamp, .timestampWithoutZone: "timestamp"
        case .array(let element, _): "array<\(element.glueName)>"
        case .map(let key, let value, _): "map<\(key.glueName),\(value.glueName)>"
        case .structure(let fields):
            "struct<" + fields.map { "\($0.name):\($0.type.glueName)" }.joined(separator: ",") + ">"
        }
    }
}
