/// The name of the file that says of others that they are finished.
///
/// `_SUCCESS` speaks for every file of its folder and of the folders below; a name with a `*`, as
/// `*.done`, for the one file beside it whose name stands in the place of the `*`.
public struct MarkerName: Sendable, Hashable, CustomStringConvertible {
    /// The name as it is written in the settings.
    public let description: String
    private let star: String.Index?

    /// Takes a name with at most one `*`.
    public init(_ text: String) {
        description = text
        star = text.firstIndex(of: "*")
    }

    /// Whether a file is a marker by its name.
    public func isName(of file: String) -> Bool {
        guard let (head, tail) = parts else { return file.utf8.elementsEqual(description.utf8) }
        return file.utf8.count > head.utf8.count + tail.utf8.count
            && file.utf8.starts(with: head.utf8)
            && file.utf8.suffix(tail.utf8.count).elementsEqual(tail.utf8)
    }

    /// The paths below the bucket where a marker may lie that speaks for the file at `key`.
    ///
    /// The first one lies beside the file.
    public func places(for key: String) -> [String] {
        var folders = key.split(separator: "/", omittingEmptySubsequences: false)
        let name = folders.removeLast()
        if let (head, tail) = parts {
            return [(folders + [head + name + tail]).joined(separator: "/")]
        }
        return (0...folders.count).reversed().map { depth in
            (folders.prefix(depth) + [description[...]]).joined(separator: "/")
        }
    }

    private var parts: (head: Substring, tail: Substring)? {
        star.map { (description[..<$0], description[description.index(after: $0)...]) }
    }
}
