public import DuckDB
public import Events

extension ColumnType {
    /// DuckDB's name of the type; an instant is `TIMESTAMPTZ`.
    public var sqlName: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .int: "INTEGER"
        case .bigint: "BIGINT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .date: "DATE"
        case .timestamp: "TIMESTAMPTZ"
        case .string, .void: "VARCHAR"
        case .binary: "BLOB"
        case .array(let element): element.sqlName + "[]"
        case .struct(let fields):
            "STRUCT("
                + fields.map { "\(SQL.identifier($0.name)) \($0.type.sqlName)" }
                .joined(separator: ", ") + ")"
        }
    }
}

extension ColumnType {
    /// The type that holds every value of a type of DuckDB's; text where there is none.
    ///
    /// A time without a zone is UTC. Sums of integers become `decimal(38,0)`.
    public init(_ layout: ColumnLayout) {
        self =
            switch layout {
            case .boolean: .boolean
            case .int8, .int16, .int32, .uint8, .uint16: .int
            case .int64, .uint32: .bigint
            case .uint64: .decimal(precision: 20, scale: 0)
            case .int128: .decimal(precision: 38, scale: 0)
            case .float, .double: .double
            case .decimal(let width, let scale): .decimal(precision: width, scale: scale)
            case .blob: .binary
            case .date: .date
            case .timestamp, .instant: .timestamp
            case .list(let element), .array(let element, _): .array(ColumnType(element))
            case .structure(let fields):
                .struct(fields.map { Field(name: $0.name, type: ColumnType($0.type)) })
            case .string, .time, .interval, .uuid, .enumeration, .map, .null, .unreadable: .string
            }
    }
}
