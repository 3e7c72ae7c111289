/// The type of a column as a Delta log names it.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format
public indirect enum DeltaType: Equatable, Sendable {
    /// UTF-8 text.
    case string
    /// A signed number of 8 bytes.
    case long
    /// A signed number of 4 bytes.
    case integer
    /// A signed number of 2 bytes.
    case short
    /// A signed number of 1 byte.
    case byte
    /// 4 bytes of floating point.
    case float
    /// 8 bytes of floating point.
    case double
    /// A decimal number of up to 38 digits.
    case decimal(precision: Int, scale: Int)
    /// A truth value.
    case boolean
    /// Bytes.
    case binary
    /// A day without a zone.
    case date
    /// An instant in microseconds.
    case timestamp
    /// A time without a zone; read, never written: it asks for a newer protocol.
    case timestampWithoutZone
    /// Any number of elements.
    case array(of: DeltaType, containsNull: Bool)
    /// Named fields in order.
    case structure([DeltaField])
    /// Keys and values.
    case map(key: DeltaType, value: DeltaType, valueContainsNull: Bool)

    /// Whether values of this type hold other values.
    public var isNested: Bool {
        switch self {
        case .array, .structure, .map: true
        default: false
        }
    }
}

/// A column of a Delta table or a field of a struct.
public struct DeltaField: Equatable, Sendable {
    /// The name; names of one struct differ by more than case.
    public let name: String
    /// The type.
    public let type: DeltaType
    /// Whether the value may be missing.
    public let isNullable: Bool
    /// What other writers noted about the column.
    let metadata: [String: JSONFragment]

    /// A field without metadata.
    public init(name: String, type: DeltaType, isNullable: Bool = true) {
        self.init(name: name, type: type, isNullable: isNullable, metadata: [:])
    }

    init(name: String, type: DeltaType, isNullable: Bool, metadata: [String: JSONFragment]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }

    /// Whether writers must check an SQL condition on the column, which Sluice does not do.
    var hasInvariant: Bool { metadata["delta.invariants"] != nil }
}

/// The columns of a Delta table, partition columns included, in order.
public struct DeltaSchema: Equatable, Sendable {
    /// The columns.
    public let fields: [DeltaField]

    /// A schema of these columns.
    public init(_ fields: [DeltaField]) { self.fields = fields }

    /// The column of that name, whatever its case.
    public subscript(name: String) -> DeltaField? {
        fields.first { $0.name.lowercased() == name.lowercased() }
    }
}
