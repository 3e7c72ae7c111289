import Events

/// A folder by its path relative to the buckets folder; the empty path is the buckets folder.
struct FolderPath: Hashable {
    let text: ExactText

    /// The buckets folder.
    static let root = FolderPath("")

    init(_ text: String) { self.text = ExactText(text) }

    /// The components: the bucket, then folders.
    var components: [Substring] { text.text.split(separator: "/") }

    /// The first component; nil for the buckets folder.
    var bucket: String? { components.first.map(String.init) }

    /// What keys of objects below begin with: empty for a bucket, else it ends in a slash.
    var keyPrefix: String {
        guard let slash = text.text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(text.text[text.text.index(after: slash)...]) + "/"
    }

    /// The folder that this one is in; the buckets folder for a bucket and for itself.
    var parent: FolderPath {
        FolderPath(text.text.lastIndex(of: "/").map { String(text.text[..<$0]) } ?? "")
    }

    /// The folder that an object is in.
    init(of object: ObjectKey) { self = FolderPath(object.description).parent }

    /// A folder in this one.
    func appending(_ name: String) -> FolderPath {
        FolderPath(text.text.isEmpty ? name : text.text + "/" + name)
    }

    /// The object of that name in this folder; nil in the buckets folder, which holds none.
    func object(_ name: String) -> ObjectKey? {
        ObjectKey(text.text + "/" + name).flatMap { text.text.isEmpty ? nil : $0 }
    }

    /// Whether this is `other` or lies below it.
    func isWithin(_ other: FolderPath) -> Bool {
        if self == other { return true }
        var rest = text.text.utf8[...]
        guard rest.starts(with: other.text.text.utf8) else { return false }
        rest = rest.dropFirst(other.text.text.utf8.count)
        return other.text.text.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// Whether this is the folder of one object version in stage-2:
    /// `stage-2/<table>/<rest of the key>/<sequencer>`.
    var isVersionFolder: Bool {
        let components = components
        return components.count >= 4 && components[0] == "stage-2"
            && components.last.map { Sequencer($0) != nil } == true
    }

    /// Whether the layout of its bucket has objects here or below.
    var canHoldObjects: Bool {
        let components = components
        switch components.first {
        case "lake":
            return components.count <= 2 || (components.count == 3 && components[2] == "_delta_log")
        case "stage-2":
            return !components.dropFirst(3).dropLast().contains { Sequencer($0) != nil }
        default:
            return true
        }
    }
}
