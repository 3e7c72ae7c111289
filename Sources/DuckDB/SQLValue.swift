/// One value of a result, in a form that is convenient rather than fast.
public indirect enum SQLValue: Equatable, Sendable {
    /// SQL's `NULL`.
    case null
    /// A truth value.
    case boolean(Bool)
    /// A whole number of any width up to `UBIGINT` and `HUGEINT`.
    case integer(Int128)
    /// `FLOAT`, widened.
    case float(Float)
    /// `DOUBLE`.
    case double(Double)
    /// A decimal number: `unscaled` divided by 10 to the `scale`.
    case decimal(unscaled: Int128, scale: Int)
    /// Text, and the text of an enumeration value.
    case string(String)
    /// A JSON value as text.
    case json(String)
    /// Bytes.
    case blob([UInt8])
    /// Days since 1970-01-01; the extreme values are DuckDB's infinities.
    case date(days: Int32)
    /// Microseconds since midnight.
    case time(microseconds: Int64)
    /// A time without a zone, in units since 1970-01-01 00:00.
    case timestamp(Int64, unitsPerSecond: Int64)
    /// An instant, in microseconds since 1970-01-01 00:00 UTC.
    case instant(microseconds: Int64)
    /// Months, days and microseconds, which are not added up.
    case interval(months: Int32, days: Int32, microseconds: Int64)
    /// 16 bytes, most significant first, as the usual text.
    case uuid(String)
    /// The elements of a list or an array.
    case list([SQLValue])
    /// The fields of a struct, in order.
    case structure([Field])
    /// The entries of a map, in order.
    case map([Entry])
    /// A value of a type that this module does not read; cast it in the query.
    case unreadable

    /// One field of a struct.
    public struct Field: Equatable, Sendable {
        /// The field's name.
        public let name: String
        /// The field's value.
        public let value: SQLValue

        /// A field of a struct.
        public init(name: String, value: SQLValue) {
            self.name = name
            self.value = value
        }
    }

    /// One entry of a map.
    public struct Entry: Equatable, Sendable {
        /// The entry's key.
        public let key: SQLValue
        /// The entry's value.
        public let value: SQLValue

        /// An entry of a map.
        public init(key: SQLValue, value: SQLValue) {
            self.key = key
            self.value = value
        }
    }

    /// The text, if this is text.
    public var string: String? {
        switch self {
        case .string(let text), .json(let text), .uuid(let text): text
        default: nil
        }
    }

    /// The whole number, if this is one that fits.
    public var int: Int? {
        guard case .integer(let number) = self else { return nil }
        return Int(exactly: number)
    }

    /// The number, if this is a whole or floating-point one.
    public var double: Double? {
        switch self {
        case .double(let number): number
        case .float(let number): Double(number)
        case .integer(let number): Double(number)
        default: nil
        }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        guard case .boolean(let truth) = self else { return nil }
        return truth
    }

    /// Whether this is `NULL`.
    public var isNull: Bool { self == .null }
}
