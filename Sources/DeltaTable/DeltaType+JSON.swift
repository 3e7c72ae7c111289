import FoundationEssentials

extension DeltaSchema {
    /// The schema in the form of `metaData.schemaString`.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(DeltaType.structure(fields)) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The schema in `metaData.schemaString`.
    ///
    /// - Throws: `DeltaError` with code `corrupt` or, for a type that Sluice does not know,
    ///   `unsupported`.
    public init(json: String) throws(DeltaError) {
        do {
            let type = try JSONDecoder().decode(DeltaType.self, from: Data(json.utf8))
            guard case .structure(let fields) = type else {
                throw DeltaError(.corrupt, step: "read the schema", detail: "it is no struct")
            }
            self.init(fields)
        } catch let error as DeltaError {
            throw error
        } catch {
            throw DeltaError(.corrupt, step: "read the schema", detail: "\(error)")
        }
    }
}

extension DeltaField: Codable {
    private enum CodingKeys: String, CodingKey {
        case name
        case type
        case isNullable = "nullable"
        case metadata
    }

    /// Reads a struct field of the log.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            type: try container.decode(DeltaType.self, forKey: .type),
            isNullable: try container.decodeIfPresent(Bool.self, forKey: .isNullable) ?? true,
            metadata: try container.decodeIfPresent([String: JSONFragment].self, forKey: .metadata)
                ?? [:]
        )
    }

    /// Writes a struct field of the log.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(type, forKey: .type)
        try container.encode(isNullable, forKey: .isNullable)
        try container.encode(metadata, forKey: .metadata)
    }
}

extension DeltaType: Codable {
    private enum CodingKeys: String, CodingKey {
        case type
        case fields
        case elementType
        case containsNull
        case keyType
        case valueType
        case valueContainsNull
    }

    private static let names: [(name: String, type: DeltaType)] = [
        ("string", .string), ("long", .long), ("integer", .integer), ("short", .short),
        ("byte", .byte), ("float", .float), ("double", .double), ("boolean", .boolean),
        ("binary", .binary), ("date", .date), ("timestamp", .timestamp),
        ("timestamp_ntz", .timestampWithoutZone),
    ]

    /// The name of a type that is not nested.
    var primitiveName: String? {
        if case .decimal(let precision, let scale) = self {
            return "decimal(\(precision),\(scale))"
        }
        return Self.names.first { $0.type == self }?.name
    }

    private init(primitive name: String) throws(DeltaError) {
        if let known = Self.names.first(where: { $0.name == name }) {
            self = known.type
            return
        }
        let numbers = name.dropFirst("decimal(".count).dropLast().split(separator: ",")
            .compactMap { Int($0.filter { $0 != " " }) }
        guard name.hasPrefix("decimal("), name.hasSuffix(")"), numbers.count == 2 else {
            throw DeltaError(
                .unsupported,
                step: "read the schema",
                detail: "there is a type `\(name)` in it"
            )
        }
        self = .decimal(precision: numbers[0], scale: numbers[1])
    }

    /// Reads a type of the log.
    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            try self.init(primitive: name)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .type) {
        case "struct":
            self = .structure(try container.decode([DeltaField].self, forKey: .fields))
        case "array":
            self = .array(
                of: try container.decode(DeltaType.self, forKey: .elementType),
                containsNull: try container.decode(Bool.self, forKey: .containsNull)
            )
        case "map":
            self = .map(
                key: try container.decode(DeltaType.self, forKey: .keyType),
                value: try container.decode(DeltaType.self, forKey: .valueType),
                valueContainsNull: try container.decode(Bool.self, forKey: .valueContainsNull)
            )
        case let name:
            throw DeltaError(
                .unsupported,
                step: "read the schema",
                detail: "there is a type `\(name)` in it"
            )
        }
    }

    /// Writes a type of the log.
    public func encode(to encoder: any Encoder) throws {
        if let primitiveName {
            var container = encoder.singleValueContainer()
            try container.encode(primitiveName)
            return
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .structure(let fields):
            try container.encode("struct", forKey: .type)
            try container.encode(fields, forKey: .fields)
        case .array(let element, let containsNull):
            try container.encode("array", forKey: .type)
            try container.encode(element, forKey: .elementType)
            try container.encode(containsNull, forKey: .containsNull)
        case .map(let key, let value, let valueContainsNull):
            try container.encode("map", forKey: .type)
            try container.encode(key, forKey: .keyType)
            try container.encode(value, forKey: .valueType)
            try container.encode(valueContainsNull, forKey: .valueContainsNull)
        default: break
        }
    }
}
