/// The type of a column, under the names that Glue and Hive use.
///
/// Source: AWS Glue API, `Column.Type`; Hive language manual, "Types".
public indirect enum ColumnType: Hashable, Sendable {
    /// No value has been seen yet; only while a type is inferred, a table shows it as `string`.
    case void
    /// True or false.
    case boolean
    /// A signed 32-bit integer; only where settings say so.
    case int
    /// A signed 64-bit integer.
    case bigint
    /// A 64-bit floating-point number.
    case double
    /// A decimal number of `precision` digits, `scale` of them behind the point.
    case decimal(precision: Int, scale: Int)
    /// A calendar day.
    case date
    /// An instant, in microseconds; text without an offset is UTC.
    case timestamp
    /// Text.
    case string
    /// Bytes; only where settings say so, written in hexadecimal in text files.
    case binary
    /// A list of values of one type.
    case array(ColumnType)
    /// A record of named fields, in order.
    case `struct`([Field])

    /// A field of a struct.
    public struct Field: Hashable, Sendable {
        /// The field's name as it stands in the data.
        public var name: String
        /// The field's type.
        public var type: ColumnType

        /// Makes a field.
        public init(name: String, type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// Whether values are text, numbers, truth values or times, not arrays or structs.
    public var isScalar: Bool {
        switch self {
        case .array, .struct: false
        default: true
        }
    }
}

extension ColumnType: CustomStringConvertible, LosslessStringConvertible {
    /// Glue's name: `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:bigint,b:string>`.
    ///
    /// Field names other than letters, digits and `_` stand in backquotes.
    public var description: String {
        switch self {
        case .void: "void"
        case .boolean: "boolean"
        case .int: "int"
        case .bigint: "bigint"
        case .double: "double"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        case .date: "date"
        case .timestamp: "timestamp"
        case .string: "string"
        case .binary: "binary"
        case .array(let element): "array<\(element)>"
        case .struct(let fields):
            "struct<" + fields.map { "\(Self.quoted($0.name)):\($0.type)" }.joined(separator: ",")
                + ">"
        }
    }

    /// Reads Glue's name; nil when it is none of the types above.
    public init?(_ description: String) {
        var parser = ColumnTypeParser(text: Array(description.unicodeScalars))
        guard let type = parser.whole() else { return nil }
        self = type
    }

    private static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if isPlain, !name.isEmpty { return name }
        let doubled = name.flatMap { $0 == "`" ? ["`", "`"] : [$0] }
        return "`" + String(doubled) + "`"
    }
}

private struct ColumnTypeParser {
    let text: [Unicode.Scalar]
    var position = 0

    init(text: [Unicode.Scalar]) { self.text = text }

    mutating func whole() -> ColumnType? {
        guard let type = type(), position == text.count else { return nil }
        return type
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == scalar else { return false }
        position += 1
        return true
    }

    private mutating func word() -> String {
        var word = String.UnicodeScalarView()
        while position < text.count, !"<>(),:`".unicodeScalars.contains(text[position]) {
            word.append(text[position])
            position += 1
        }
        return String(word)
    }

    private mutating func name() -> String? {
        guard take("`") else {
            let plain = word()
            return plain.isEmpty ? nil : plain
        }
        var name = String.UnicodeScalarView()
        while position < text.count {
            if take("`") {
                guard take("`") else { return String(name) }
                name.append("`")
            } else {
                name.append(text[position])
                position += 1
            }
        }
        return nil
    }

    private mutating func type() -> ColumnType? {
        switch word() {
        case "void": return .void
        case "boolean": return .boolean
        case "int": return .int
        case "bigint": return .bigint
        case "double": return .double
        case "date": return .date
        case "timestamp": return .timestamp
        case "string": return .string
        case "binary": return .binary
        case "decimal": return decimal()
        case "array":
            guard take("<"), let element = type(), take(">") else { return nil }
            return .array(element)
        case "struct": return structure()
        default: return nil
        }
    }

    private mutating func decimal() -> ColumnType? {
        guard take("("), let precision = Int(word()), take(","), let scale = Int(word()), take(")"),
            (1...38).contains(precision), (0...precision).contains(scale)
        else { return nil }
        return .decimal(precision: precision, scale: scale)
    }

    private mutating func structure() -> ColumnType? {
        guard take("<") else { return nil }
        var fields: [ColumnType.Field] = []
        repeat {
            guard let name = name(), take(":"), let type = type() else { return nil }
            fields.append(ColumnType.Field(name: name, type: type))
        } while take(",")
        return take(">") ? .struct(fields) : nil
    }
}
