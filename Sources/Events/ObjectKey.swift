/// Names an object: a bucket and the path below it, UTF-8, components joined by `/`.
public struct ObjectKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The bucket's name: one folder below the buckets folder.
    public var bucket: String
    /// The path below the bucket, without a leading slash.
    public var key: String

    /// Names the object `key` in `bucket`.
    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// Reads `bucket/key`; nil when there is no key behind the bucket.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex else { return nil }
        let key = text[text.index(after: slash)...]
        guard !key.isEmpty else { return nil }
        self.init(bucket: String(text[..<slash]), key: String(key))
    }

    /// Whether both name the same path, byte by byte.
    ///
    /// Text that only looks alike (Unicode's canonical equivalence) names different files on Linux.
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool {
        left.bucket.utf8.elementsEqual(right.bucket.utf8)
            && left.key.utf8.elementsEqual(right.key.utf8)
    }

    /// Hashes the bytes of the path.
    public func hash(into hasher: inout Hasher) {
        var path = description
        path.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// `bucket/key`.
    public var description: String { "\(bucket)/\(key)" }
}
