public import Events

extension Manifest {
    /// The manifests of all versions of a file that are in stage-2, oldest first.
    ///
    /// What is no manifest is left out.
    ///
    /// - Parameters:
    ///   - key: The file; only the bucket and the key of it count.
    ///   - table: The table that the file belongs to.
    ///   - buckets: The buckets.
    ///   - sequencer: Only versions from behind this one; nil for all.
    /// - Returns: The manifests.
    /// - Throws: `BucketsError` when the folder cannot be read.
    public static func versions(
        of key: ObjectKey,
        table: String,
        in buckets: BucketsFolder,
        after sequencer: Sequencer? = nil
    ) throws(BucketsError) -> [Manifest] {
        let folder = "\(table)/\(rest(ofKey: key.key))"
        let path = "\(buckets.path(ofBucket: "stage-2"))/\(folder)"
        let found = try FilePath.names(in: path).compactMap { Sequencer($0) }
        return found.filter { sequencer == nil || $0 > sequencer ?? $0 }.sorted()
            .compactMap { try? Manifest(path: "\(path)/\($0)/\(fileName)") }
            .filter { $0.source.objectKey == key }
    }

    /// The manifests of all versions of a table that are in stage-2, in no order.
    ///
    /// What is no manifest is left out.
    ///
    /// - Throws: `BucketsError` when a folder cannot be read.
    public static func versions(
        ofTable table: String,
        in buckets: BucketsFolder
    ) throws(BucketsError) -> [Manifest] {
        var found: [Manifest] = []
        var folders = ["\(buckets.path(ofBucket: "stage-2"))/\(table)"]
        while let folder = folders.popLast() {
            for name in try FilePath.names(in: folder) where !name.hasPrefix(".") {
                let path = "\(folder)/\(name)"
                if name == fileName {
                    if let manifest = try? Manifest(path: path) { found.append(manifest) }
                } else if FilePath.isFolder(path) {
                    folders.append(path)
                }
            }
        }
        return found
    }
}
