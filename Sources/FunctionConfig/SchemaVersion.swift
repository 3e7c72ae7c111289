/// The version of a versioned migration: numbers that are compared one by one.
public struct SchemaVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The version as it was written, with dots.
    public let description: String
    private let numbers: [UInt64]

    /// Reads numbers with dots or single underscores between them; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "_" }
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                ? UInt64(part) : nil
        }
        guard numbers.count == parts.count else { return nil }
        description = parts.joined(separator: ".")
        // 1, 1.0 and 1.0.0 are one version.
        self.numbers = numbers.reversed().drop { $0 == 0 }.reversed()
    }

    /// Whether both are the same version, however it was written.
    public static func == (left: SchemaVersion, right: SchemaVersion) -> Bool {
        left.numbers == right.numbers
    }

    /// Whether the left version comes before the right one: 1.9 before 1.10.
    public static func < (left: SchemaVersion, right: SchemaVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    /// Equal versions hash equally.
    public func hash(into hasher: inout Hasher) { hasher.combine(numbers) }
}
