public import DeltaTable
import DuckDB

extension LakeFiles {
    /// A partition value as folders and files are named after it: escaped as Hive does, a long one
    /// cut and told apart by a digest.
    public static func name(ofPartitionValue value: String) -> String {
        let column = "v"
        return String(
            PartitionValue.folder(column: column, text: value).dropFirst(column.count + 1)
        )
    }

    /// The folders, one for each column, in which the writer puts a file with these values.
    public static func folders(
        of columns: [String],
        values: [String: String?]
    ) -> [String] {
        columns.map { PartitionValue.folder(column: $0, text: values[$0] ?? nil) }
    }

    /// Whether a file was written by this writer, by its own mark.
    public static func isOurs(_ file: AddFile) -> Bool { file.tags?[schemaTag] != nil }
}

extension LakeWriter {
    /// A data file of one partition that the caller writes himself.
    public struct OwnFile: Sendable {
        /// Where to write it; its folder is there.
        public let path: String
        fileprivate let name: String
        fileprivate let files: LakeFiles
        fileprivate let partitionValues: [String: String?]

        /// Removes the file, and the folders made for it.
        public func discard() {
            LakeFiles.removeFile(path)
            files.discard()
        }
    }

    /// The least and the greatest value of a column of a file, as the log's statistics write them:
    /// texts as they are, numbers in decimal notation.
    public struct Bounds: Sendable {
        let least: String
        let greatest: String

        /// The bounds of a column that has no nulls.
        public init(least: String, greatest: String) {
            self.least = least
            self.greatest = greatest
        }
    }

    /// Prepares a data file for rows that the caller has in their final order.
    ///
    /// - Parameter partitionValues: The value of every partition column in the log's text form.
    /// - Returns: Where to write it.
    /// - Throws: `LakeFilesError` where the partition's folder cannot be made.
    public func ownFile(partitionValues: [String: String]) throws(LakeFilesError) -> OwnFile {
        var files = LakeFiles(table: table)
        let folder = partitionColumns.map {
            PartitionValue.folder(column: $0, text: partitionValues[$0]) + "/"
        }.joined()
        try files.makeFolder(folder)
        let name = folder + newName()
        return OwnFile(
            path: "\(table)/\(name)",
            name: name,
            files: files,
            partitionValues: partitionValues.mapValues { Optional($0) }
        )
    }

    /// A file that was written, which belongs to no table until its `add` action is committed, and
    /// may be only in the memory of the kernel until ``LakeFiles/synchronize(_:)``.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - rows: How many rows it has, at least one.
    ///   - size: Its size in bytes.
    ///   - bounds: The bounds of its columns by name; a column without is left out.
    ///   - now: The present time in milliseconds since 1970.
    /// - Returns: One `add` action.
    public func finish(
        _ file: OwnFile,
        rows: Int64,
        size: Int64,
        bounds: [String: Bounds],
        now: Int64
    ) -> LakeFiles {
        var files = file.files
        files.adds.append(
            AddFile(
                path: LogPath.encoded(file.name),
                partitionValues: file.partitionValues,
                size: size,
                modificationTime: now,
                dataChange: true,
                stats: FileStatistics(recordCount: rows, bounds: bounds).json(fields: dataFields),
                tags: [LakeFiles.schemaTag: LakeFiles.fingerprint(of: schema)]
            )
        )
        return files
    }
}
