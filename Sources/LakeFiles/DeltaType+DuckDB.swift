public import DeltaTable
public import DuckDB

extension DeltaType {
    /// The DuckDB type that is written to and read from Parquet for this type.
    public var duckDBName: String {
        switch self {
        case .string: "VARCHAR"
        case .long: "BIGINT"
        case .integer: "INTEGER"
        case .short: "SMALLINT"
        case .byte: "TINYINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
        case .boolean: "BOOLEAN"
        case .binary: "BLOB"
        case .date: "DATE"
        case .timestamp: "TIMESTAMPTZ"
        case .timestampWithoutZone: "TIMESTAMP"
        case .array(let element, _): element.duckDBName + "[]"
        case .map(let key, let value, _): "MAP(\(key.duckDBName), \(value.duckDBName))"
        case .structure(let fields):
            "STRUCT("
                + fields.map { "\(SQL.identifier($0.name)) \($0.type.duckDBName)" }
                .joined(separator: ", ") + ")"
        }
    }

    /// The type that keeps the values of a DuckDB column; `nil` where there is none.
    ///
    /// A time without a zone becomes an instant in UTC, unsigned numbers the next wider signed
    /// ones, and what has no counterpart (`TIME`, `UUID`, enumerations) text.
    public init?(_ layout: ColumnLayout) {
        switch layout {
        case .boolean: self = .boolean
        case .int8: self = .byte
        case .int16, .uint8: self = .short
        case .int32, .uint16: self = .integer
        case .int64, .uint32: self = .long
        case .uint64: self = .decimal(precision: 20, scale: 0)
        case .int128: self = .decimal(precision: 38, scale: 0)
        case .float: self = .float
        case .double: self = .double
        case .decimal(let width, let scale): self = .decimal(precision: width, scale: scale)
        case .string, .time, .uuid, .enumeration, .interval, .null: self = .string
        case .blob: self = .binary
        case .date: self = .date
        case .timestamp, .instant: self = .timestamp
        case .list(let element), .array(let element, _):
            guard let type = DeltaType(element) else { return nil }
            self = .array(of: type, containsNull: true)
        case .map(let key, let value):
            guard let key = DeltaType(key), let value = DeltaType(value) else { return nil }
            self = .map(key: key, value: value, valueContainsNull: true)
        case .structure(let members):
            var fields: [DeltaField] = []
            for member in members {
                guard let type = DeltaType(member.type) else { return nil }
                fields.append(DeltaField(name: member.name, type: type))
            }
            self = .structure(fields)
        case .unreadable: return nil
        }
    }
}
