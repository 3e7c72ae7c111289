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
        guard bytes.first != UInt8(ascii: ".") else {
            self = .ignored
            return
        }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            self = .refused("the name is not UTF-8")
            return
        }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            self = .refused("the name holds a control character")
        } else if !isFolder, Self.isTemporary(name) {
            self = .ignored
        } else {
            self = .usable(name)
        }
    }

    private static let temporaryEndings = [
        "~", ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp",
    ]

    private static func isTemporary(_ name: String) -> Bool {
        if temporaryEndings.contains(where: name.hasSuffix) { return true }
        let tail = name.utf8.suffix(9)
        return tail.count == 9 && tail.first == UInt8(ascii: ".")
            && tail.dropFirst().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    /// A name for a person to read: what is not printable ASCII or valid UTF-8 as `\xNN`.
    static func printable(_ bytes: some Collection<UInt8>) -> String {
        if let name = String(validating: bytes, as: UTF8.self),
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        {
            return name
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
