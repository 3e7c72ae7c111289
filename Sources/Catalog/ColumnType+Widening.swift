public import Events

/// What `crawl` knows of an inferred column: its type so far, and what a wider one must respect.
public struct InferredType: Equatable, Sendable {
    /// The narrowest type that holds every value seen.
    public var type: ColumnType
    /// Whether an integer beyond 2^53 was seen, which no double holds exactly.
    public var hasWideInteger: Bool

    /// Puts a finding together.
    public init(_ type: ColumnType, hasWideInteger: Bool = false) {
        self.type = type
        self.hasWideInteger = hasWideInteger
    }

    /// The narrowest finding that covers both; the order of the two does not matter.
    ///
    /// bigint and double meet as double only if every integer is within 2^53.
    public func widened(by other: InferredType) -> InferredType {
        let wide = hasWideInteger || other.hasWideInteger
        let met = type.widened(by: other.type)
        if wide, met == .double { return InferredType(.string, hasWideInteger: true) }
        return InferredType(met, hasWideInteger: wide)
    }
}

extension ColumnType {
    /// The narrowest inferred type that holds the values of both.
    public func widened(by other: ColumnType) -> ColumnType {
        switch (self, other) {
        case (let left, let right) where left == right: left
        case (.void, let type), (let type, .void): type
        case (.bigint, .double), (.double, .bigint): .double
        case (.date, .timestamp), (.timestamp, .date): .timestamp
        case (.array(let left), .array(let right)): .array(left.widened(by: right))
        case (.struct(let left), .struct(let right)): .widened(left, by: right)
        default: .string
        }
    }

    private static func widened(_ left: [Field], by right: [Field]) -> ColumnType {
        var fields = left
        for field in right {
            if let index = fields.firstIndex(where: { $0.name == field.name }) {
                fields[index].type = fields[index].type.widened(by: field.type)
            } else {
                fields.append(field)
            }
        }
        // The order must not tell which file came first.
        fields.sort { $0.name < $1.name }
        // Field names that differ only in case cannot stand in one struct of a table.
        let distinct = Set(fields.map { $0.name.lowercased() })
        return distinct.count == fields.count ? .struct(fields) : .string
    }

    /// The type as a table shows it: what was never seen is text.
    public var shown: ColumnType {
        switch self {
        case .void: .string
        case .array(let element): .array(element.shown)
        case .struct(let fields):
            .struct(fields.map { Field(name: $0.name, type: $0.type.shown) })
        default: self
        }
    }
}
