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
