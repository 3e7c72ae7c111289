public import Events

/// The folder that holds a folder for each bucket, and Sluice's own state in `.sluice`.
public struct BucketsFolder: Sendable, Equatable {
    /// The absolute path, without a trailing slash.
    public let path: String

    /// Takes an absolute path.
    public init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Buckets that exist from the start.
    public static let standardBuckets = [
        "stage-1", "stage-2", "catalog", "lake", "quarantine", "results",
    ]

    /// Sluice's own state: ledger, logs, scratch.
    public var stateFolder: String { path + "/.sluice" }

    /// Where handlers put what nobody else may see, a folder for each run.
    public var scratchFolder: String { stateFolder + "/scratch" }

    /// The path of an object.
    public func path(of object: ObjectKey) -> String { "\(path)/\(object.bucket)/\(object.key)" }

    /// The path of a bucket's folder.
    public func path(ofBucket bucket: String) -> String { path + "/" + bucket }

    /// The object at an absolute path; nil outside the buckets.
    public func object(atPath file: String) -> ObjectKey? {
        guard file.hasPrefix(path + "/") else { return nil }
        return ObjectKey(String(file.dropFirst(path.count + 1)))
    }

    /// The folder of a lake table.
    public func lakeTable(_ table: String) -> String { path(ofBucket: "lake") + "/" + table }

    /// The catalog entry of a table.
    public func catalogEntry(_ table: String) -> String {
        path(ofBucket: "catalog") + "/" + table + ".json"
    }

    /// Makes the buckets folder, the standard buckets and the state folder where they are missing.
    public func prepare() throws(BucketsError) {
        for bucket in Self.standardBuckets { try FilePath.makeFolder(path(ofBucket: bucket)) }
        try FilePath.makeFolder(scratchFolder)
    }
}
