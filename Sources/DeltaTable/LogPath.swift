/// Paths of data files as a log writes them.
///
/// The log holds URI references (RFC 2396), so a file whose name on disk is already escaped, as
/// partition folders are, is escaped once more: `day=a%20b` is `day=a%2520b` in the log.
public enum LogPath {
    /// The log's form of a path on disk, relative to the table's folder.
    public static func encoded(_ filePath: String) -> String {
        var text = ""
        for byte in filePath.utf8 {
            if isPlain(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + hexadecimal(byte)
            }
        }
        return text
    }

    /// The path on disk of a path in the log.
    public static func decoded(_ path: String) -> String {
        let bytes = Array(withoutScheme(path).utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = value(bytes[index + 1]), let low = value(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func withoutScheme(_ path: String) -> Substring {
        for scheme in ["file://", "file:"] where path.hasPrefix(scheme) {
            return path.dropFirst(scheme.count)
        }
        return Substring(path)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.~/=".utf8.contains(byte)
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 2 ? digits : "0" + digits
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
