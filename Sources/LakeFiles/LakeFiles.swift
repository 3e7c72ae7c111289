import Buckets
public import DeltaTable
import Glibc

/// Data files that were written for a table and are not yet part of it.
public struct LakeFiles: Sendable {
    /// The table's folder.
    public let table: String
    /// What makes the files part of the table.
    public internal(set) var adds: [AddFile] = []
    private var folders: [String] = []
    private var partitionCount = 0
    /// More partitions than this are refused.
    var mostPartitions: Int?

    init(table: String) { self.table = table }

    /// Notes partitions that are about to be written, none of which was before.
    mutating func expect(partitions: Int) throws(LakeFilesError) {
        partitionCount += partitions
        guard let mostPartitions, partitionCount > mostPartitions else { return }
        throw LakeFilesError(table: table, mostPartitions: mostPartitions)
    }

    /// The rows in all files.
    public var recordCount: Int64 { adds.reduce(0) { $0 + ($1.recordCount ?? 0) } }

    /// The bytes of all files.
    public var size: Int64 { adds.reduce(0) { $0 + $1.size } }

    /// Removes the files, for a commit that did not come about; what cannot be removed stays as
    /// a file of no table.
    public func discard() {
        for add in adds { Self.removeFile("\(table)/\(add.filePath)") }
        for folder in folders.reversed() { rmdir("\(table)/\(folder)") }
    }

    /// The name of the tag that tells which schema a file was written with.
    static let schemaTag = "sluice.schema"

    /// What names of a table's settings begin with that tell how a partition column is computed, as
    /// in `sluice.partition.item_bucket_16` = `bucket(16, item)`.
    ///
    /// It holds for the files of this writer only.
    public static let computedPrefix = "sluice.partition."

    /// A short name for names and types of a schema, equal only for equal schemas.
    static func fingerprint(of schema: DeltaSchema) -> String {
        let text = schema.fields.map { JSONString.quoted($0.name) + $0.type.duckDBName }
            .joined(separator: ",")
        let hash = text.utf8.reduce(14_695_981_039_346_656_037) { hash, byte in
            (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        return String(hash, radix: 16)
    }

    /// Makes a folder below the table's, and the table's own.
    mutating func makeFolder(_ folder: String) throws(LakeFilesError) {
        try Self.makeFolder(table)
        var path = ""
        for component in folder.split(separator: "/") {
            path += component + "/"
            if try Self.makeFolder("\(table)/\(path)") { folders.append(path) }
        }
    }

    @discardableResult
    static func makeFolder(_ path: String) throws(LakeFilesError) -> Bool {
        if mkdir(path, 0o777) == 0 { return true }
        if errno == EEXIST { return false }
        if errno == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex
        {
            try makeFolder(String(path[..<slash]))
            return try makeFolder(path)
        }
        throw failure("make the folder \(path)")
    }

    /// Brings the files and the folders that they are in to the disk.
    func synchronize() throws(LakeFilesError) { try Self.synchronize([self]) }

    /// Brings files and the folders that they are in to the disk.
    public static func synchronize(_ many: [LakeFiles]) throws(LakeFilesError) {
        do {
            try Durability.synchronize(many.flatMap(\.paths))
            try Durability.synchronize(Set(many.flatMap(\.foldersOfFiles)))
        } catch {
            throw LakeFilesError(step: "write to the disk", detail: "\(error)")
        }
    }

    /// Where the files are.
    public var paths: [String] { adds.map { "\(table)/\($0.filePath)" } }

    /// The folders that the files are in, the table's own among them.
    private var foldersOfFiles: Set<String> {
        var folders: Set<String> = []
        for path in paths {
            var folder = Substring(path)
            while let slash = folder.lastIndex(of: "/"), slash >= table.endIndex {
                folder = folder[..<slash]
                folders.insert(String(folder))
            }
        }
        return folders
    }

    static func removeFile(_ path: String) { unlink(path) }

    private static func failure(_ step: String) -> LakeFilesError {
        LakeFilesError(step: step, detail: String(cString: strerror(errno)))
    }
}
