/// The encoding of keys in S3 events: form encoding with `/` left as it is.
public enum URLEncodedKey {
    /// Writes letters, digits and `-_.*/` as they are, a space as `+`, other bytes as `%XX`.
    public static func encode(_ key: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(key.utf8.count)
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "/"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "):
                encoded += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// Reads what ``encode(_:)`` or an older sender (`%2F`) wrote; a stray `%` stays as it is.
    public static func decode(_ encoded: String) -> String {
        decodePercent(
            encoded.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " ")
        )
    }

    /// Reads `%XX` alone, as Hive writes partition values; a stray `%` stays as it is.
    public static func decodePercent(_ encoded: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(encoded.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
