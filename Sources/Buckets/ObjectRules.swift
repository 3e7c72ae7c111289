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

    /// Why a key, by its place alone, can never name an object.
    public enum Exclusion: Sendable, Equatable, CustomStringConvertible {
        /// A part of it, the one given, begins with a dot.
        case hidden(String)
        /// A part of it is empty.
        case emptyPart
        /// The file's name ends as unfinished files' names do.
        case temporary(ending: String)
        /// It is not the manifest of its version folder in `stage-2`.
        case notManifest
        /// It is no commit of a lake table.
        case notCommit

        /// A clause for a reader, as `its name ends in .tmp, as those of unfinished files do`.
        public var description: String {
            switch self {
            case .hidden(let part): "`\(part)` begins with a dot, which hides a file or folder"
            case .emptyPart: "a part of the path is empty"
            case .temporary(let ending):
                "its name ends in `\(ending)`, as those of unfinished files do"
            case .notManifest: "of a version's folder only `\(Manifest.fileName)` is an object"
            case .notCommit:
                "in lake only commits are objects: `<table>/_delta_log/<20 digits>.json`"
            }
        }
    }

    /// How names of unfinished files end; so do those of `aws s3 sync`, in a dot and 8 hexadecimal
    /// digits.
    public static let temporaryEndings = [
        "~", ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp",
    ]

    /// Whether a name is hidden or one under which programs write unfinished files.
    ///
    /// A path with one hidden component holds no object; temporary names count for files only.
    public static func isTemporary(fileName name: String) -> Bool {
        isHidden(name) || temporaryEnding(of: name) != nil
    }

    /// The ending by which a file's name says that the file is unfinished; nil for other names.
    private static func temporaryEnding(of name: String) -> String? {
        if let ending = temporaryEndings.first(where: name.hasSuffix) { return ending }
        // `aws s3 sync` writes a name, a dot and 8 hexadecimal digits.
        let tail = name.utf8.suffix(9)
        guard tail.count == 9, name.utf8.count > 9, tail.first == UInt8(ascii: "."),
            tail.dropFirst().allSatisfy(isHexadecimal)
        else { return nil }
        return String(Substring(tail))
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
    public static func isObject(_ object: ObjectKey) -> Bool { exclusion(of: object) == nil }

    /// Why a key, by its place alone, cannot name an object of its bucket; nil when it can.
    public static func exclusion(of object: ObjectKey) -> Exclusion? {
        let components = object.key.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = components.last, !components.contains("") else { return .emptyPart }
        if let hidden = components.first(where: { isHidden(String($0)) }) {
            return .hidden(String(hidden))
        }
        if let ending = temporaryEnding(of: String(name)) { return .temporary(ending: ending) }
        switch object.bucket {
        case "stage-2":
            let folder = components.dropLast().last ?? ""
            return name == Manifest.fileName || Sequencer(folder) == nil ? nil : .notManifest
        case "lake":
            let isCommit =
                components.count == 3 && components[1] == "_delta_log"
                && name.utf8.count == 25 && name.hasSuffix(".json")
                && name.utf8.prefix(20).allSatisfy {
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }
            return isCommit ? nil : .notCommit
        default:
            return nil
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
