import CDuckDB

/// The type of a column, as far as its bytes in a chunk depend on it.
public indirect enum ColumnLayout: Equatable, Sendable {
    /// `BOOLEAN`.
    case boolean
    /// `TINYINT`.
    case int8
    /// `SMALLINT`.
    case int16
    /// `INTEGER`.
    case int32
    /// `BIGINT`.
    case int64
    /// `HUGEINT`.
    case int128
    /// `UTINYINT`.
    case uint8
    /// `USMALLINT`.
    case uint16
    /// `UINTEGER`.
    case uint32
    /// `UBIGINT`.
    case uint64
    /// `FLOAT`.
    case float
    /// `DOUBLE`.
    case double
    /// `DECIMAL(width, scale)`.
    case decimal(width: Int, scale: Int)
    /// `VARCHAR`; `JSON` is a `VARCHAR` whose text is a JSON value.
    case string(isJSON: Bool)
    /// `BLOB`.
    case blob
    /// `DATE`.
    case date
    /// `TIME`.
    case time
    /// `TIMESTAMP` and its other resolutions, with the number of units in a second.
    case timestamp(unitsPerSecond: Int64)
    /// `TIMESTAMP WITH TIME ZONE`: an instant.
    case instant
    /// `INTERVAL`.
    case interval
    /// `UUID`.
    case uuid
    /// `ENUM` with its values.
    case enumeration([String])
    /// `T[]`.
    case list(ColumnLayout)
    /// `T[n]`.
    case array(ColumnLayout, count: Int)
    /// `STRUCT`.
    case structure([Field])
    /// `MAP`.
    case map(key: ColumnLayout, value: ColumnLayout)
    /// The type of a bare `NULL`.
    case null
    /// A type that this module does not read; cast it to `VARCHAR` in the query.
    case unreadable(typeNumber: Int)

    /// One field of a `STRUCT`.
    public struct Field: Equatable, Sendable {
        /// The field's name.
        public let name: String
        /// The field's type.
        public let type: ColumnLayout
    }

    init(logicalType: duckdb_logical_type?) {
        guard let logicalType else {
            self = .unreadable(typeNumber: 0)
            return
        }
        let number = duckdb_get_type_id(logicalType)
        self = Self.plain(number) ?? Self.compound(number, logicalType)
    }

    private static func plain(_ number: duckdb_type) -> ColumnLayout? {
        switch number {
        case DUCKDB_TYPE_BOOLEAN: .boolean
        case DUCKDB_TYPE_TINYINT: .int8
        case DUCKDB_TYPE_SMALLINT: .int16
        case DUCKDB_TYPE_INTEGER: .int32
        case DUCKDB_TYPE_BIGINT: .int64
        case DUCKDB_TYPE_HUGEINT: .int128
        case DUCKDB_TYPE_UTINYINT: .uint8
        case DUCKDB_TYPE_USMALLINT: .uint16
        case DUCKDB_TYPE_UINTEGER: .uint32
        case DUCKDB_TYPE_UBIGINT: .uint64
        case DUCKDB_TYPE_FLOAT: .float
        case DUCKDB_TYPE_DOUBLE: .double
        case DUCKDB_TYPE_BLOB: .blob
        case DUCKDB_TYPE_DATE: .date
        case DUCKDB_TYPE_TIME: .time
        case DUCKDB_TYPE_TIMESTAMP_S: .timestamp(unitsPerSecond: 1)
        case DUCKDB_TYPE_TIMESTAMP_MS: .timestamp(unitsPerSecond: 1_000)
        case DUCKDB_TYPE_TIMESTAMP: .timestamp(unitsPerSecond: 1_000_000)
        case DUCKDB_TYPE_TIMESTAMP_NS: .timestamp(unitsPerSecond: 1_000_000_000)
        case DUCKDB_TYPE_TIMESTAMP_TZ: .instant
        case DUCKDB_TYPE_INTERVAL: .interval
        case DUCKDB_TYPE_UUID: .uuid
        case DUCKDB_TYPE_SQLNULL: .null
        default: nil
        }
    }

    private static func compound(_ number: duckdb_type, _ type: duckdb_logical_type) -> Self {
        switch number {
        case DUCKDB_TYPE_VARCHAR:
            return .string(isJSON: text(duckdb_logical_type_get_alias(type)) == "JSON")
        case DUCKDB_TYPE_DECIMAL:
            return .decimal(
                width: Int(duckdb_decimal_width(type)),
                scale: Int(duckdb_decimal_scale(type))
            )
        case DUCKDB_TYPE_ENUM:
            let count = idx_t(duckdb_enum_dictionary_size(type))
            return .enumeration(
                (0..<count).map { text(duckdb_enum_dictionary_value(type, $0)) ?? "" }
            )
        case DUCKDB_TYPE_LIST:
            return .list(owned(duckdb_list_type_child_type(type)))
        case DUCKDB_TYPE_ARRAY:
            return .array(
                owned(duckdb_array_type_child_type(type)),
                count: Int(duckdb_array_type_array_size(type))
            )
        case DUCKDB_TYPE_STRUCT:
            return .structure(
                (0..<duckdb_struct_type_child_count(type)).map { index in
                    Field(
                        name: text(duckdb_struct_type_child_name(type, index)) ?? "",
                        type: owned(duckdb_struct_type_child_type(type, index))
                    )
                }
            )
        case DUCKDB_TYPE_MAP:
            return .map(
                key: owned(duckdb_map_type_key_type(type)),
                value: owned(duckdb_map_type_value_type(type))
            )
        default:
            return .unreadable(typeNumber: Int(number.rawValue))
        }
    }

    /// Reads a type that the library handed over, and gives it back.
    private static func owned(_ type: duckdb_logical_type?) -> ColumnLayout {
        var held = type
        defer { duckdb_destroy_logical_type(&held) }
        return ColumnLayout(logicalType: type)
    }

    /// Copies a text that the library handed over, and gives it back.
    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
        guard let pointer else { return nil }
        defer { duckdb_free(pointer) }
        return String(cString: pointer)
    }
}
