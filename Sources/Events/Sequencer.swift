/// The order of arrival of object versions, across keys too: later versions have greater ones.
///
/// Written as 16 hexadecimal digits in events, manifests and folder names, and as a signed 64-bit
/// integer in the column `_seq`; the top bit is therefore never set.
public struct Sequencer: RawRepresentable, Hashable, Comparable, Sendable, Codable,
    CustomStringConvertible
{
    /// Microseconds since 1970 when the clock decided, one more than the last one otherwise.
    public let rawValue: UInt64

    /// Makes the sequencer of a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads exactly 16 hexadecimal digits; nil for anything else and for a set top bit.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16), value >> 63 == 0,
            text.utf8.first != UInt8(ascii: "+")
        else { return nil }
        rawValue = value
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    /// The column `_seq`.
    public var column: Int64 { Int64(truncatingIfNeeded: rawValue) }

    /// The earlier one is the smaller one.
    public static func < (left: Sequencer, right: Sequencer) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Reads the 16 digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Sequencer(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a sequencer has 16 hexadecimal digits"
            )
        }
        self = value
    }

    /// Writes the 16 digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
