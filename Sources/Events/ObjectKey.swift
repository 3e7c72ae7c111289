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

    /// `bucket/key`.
    public var description: String { "\(bucket)/\(key)" }
}
