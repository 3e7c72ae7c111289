public import FoundationEssentials

/// JSON as every Sluice program writes it: one line, keys sorted, slashes plain.
public enum JSONText {
    /// Encodes a value on one line.
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Encodes a value for a person to read, indented.
    public static func encodePretty(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value)
    }
}

extension DecodingError {
    /// Where decoding failed and why, without the type names that only a programmer knows.
    public var plainDescription: String {
        switch self {
        case .keyNotFound(let key, let context):
            "`\((context.codingPath + [key]).dotted)` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "`\(context.codingPath.dotted)` has another type than expected"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON" : "`\(context.codingPath.dotted)`: \(context.debugDescription)"
        @unknown default:
            "\(self)"
        }
    }
}

extension [any CodingKey] {
    /// `a.b[0].c`.
    fileprivate var dotted: String {
        reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
