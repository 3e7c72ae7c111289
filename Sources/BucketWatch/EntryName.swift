import Buckets

/// The name of a file or folder, judged as part of a key.
enum EntryName: Equatable {
    /// It can stand in a key.
    case usable(String)
    /// It is nobody's business: hidden, or a file under a temporary name.
    case ignored
    /// It cannot be a key, for that reason.
    case refused(String)

    /// Judges a name as it is on disk.
    init(_ bytes: some Collection<UInt8>, isFolder: Bool) {
        if bytes.first == UInt8(ascii: ".") {
            self = .ignored
        } else if let refusal = ObjectRules.refusal(ofName: bytes) {
            self = .refused(refusal.rawValue)
        } else {
            let name = String(decoding: bytes, as: UTF8.self)
            self = !isFolder && ObjectRules.isTemporary(fileName: name) ? .ignored : .usable(name)
        }
    }

    /// A name for a person to read: what is not printable ASCII or valid UTF-8 as `\xNN`.
    static func printable(_ bytes: some Collection<UInt8>) -> String {
        if ObjectRules.refusal(ofName: bytes) == nil {
            return String(decoding: bytes, as: UTF8.self)
        }
        return bytes.reduce(into: "") { text, byte in
            if (0x20..<0x7f).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
            }
        }
    }
}
