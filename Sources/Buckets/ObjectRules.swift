public import Events

/// Which files of a bucket are objects.
public enum ObjectRules {
    /// Why a file can never be an object, although it looks like one.
    public enum Refusal: String, Sendable {
        /// Its name is not UTF-8.
        case notUTF8 = "its name is not UTF-8"
        /// Its name holds a control character.
        case controlCharacter = "its name holds a control character"
    }

    private static let temporaryEndings = [
        "~", ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp",
    ]

    /// Whether a name is hidden or one under which programs write unfinished files.
    ///
    /// A path with one hidden component holds no object; temporary names count for files only.
    public static func isTemporary(fileName name: String) -> Bool {
        if isHidden(name) { return true }
        if temporaryEndings.contains(where: name.hasSuffix) { return true }
        // `aws s3 sync` writes a name, a dot and 8 hexadecimal digits.
        let tail = name.utf8.suffix(9)
        return tail.count == 9 && name.utf8.count > 9 && tail.first == UInt8(ascii: ".")
            && tail.dropFirst().allSatisfy(isHexadecimal)
    }

    /// Whether a file or folder name begins with a dot.
    public static func isHidden(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ".") }

    /// Why a name, as the system gives it, is refused; nil when it is fine.
    public static func refusal(ofName bytes: some Sequence<UInt8>) -> Refusal? {
        let bytes = Array(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else { return .notUTF8 }
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return hasControl ? .controlCharacter : nil
    }

    /// Whether a key, by its place alone, can name an object of its bucket.
    ///
    /// In a version folder of `stage-2` only the manifest can, in `lake` only a commit of a table's
    /// Delta log.
    public static func isObject(_ object: ObjectKey) -> Bool {
        let components = object.key.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = components.last,
            !components.contains(where: { $0.first == "." || $0.isEmpty }),
            !isTemporary(fileName: String(name))
        else { return false }
        switch object.bucket {
        case "stage-2":
            let folder = components.dropLast().last ?? ""
            return name == Manifest.fileName || Sequencer(folder) == nil
        case "lake":
            return components.count == 3 && components[1] == "_delta_log"
                && name.utf8.count == 25 && name.hasSuffix(".json")
                && name.utf8.prefix(20).allSatisfy {
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }
        default:
            return true
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
