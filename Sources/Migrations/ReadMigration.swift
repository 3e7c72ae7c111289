import Buckets
public import FunctionConfig

/// A script with what stands in it.
public struct ReadMigration: Sendable, Equatable {
    /// The script by its name.
    public let script: MigrationScript
    /// XXH3-128 of its bytes in hexadecimal, as `xxhsum -H2` prints it.
    public let checksum: String
    let sql: String

    init(script: MigrationScript, content: [UInt8]) {
        self.script = script
        checksum = content.withUnsafeBytes { ContentDigest.eTag(of: $0) }
        sql = String(decoding: content, as: UTF8.self)
    }

    /// Reads all scripts of a folder, in the order in which they are applied.
    static func all(in folder: MigrationFolder) throws(BucketsError) -> [ReadMigration] {
        try folder.scripts.map { script throws(BucketsError) in
            ReadMigration(
                script: script,
                content: try FilePath.read(folder.path + "/" + script.path)
            )
        }
    }
}
