public import DeltaTable
public import DuckDB

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
    /// Writes the rows of one partition as they come, straight into one data file.
    ///
    /// For rows that are made in their final order and are too many to be kept twice: nothing is
    /// sorted or staged. The file is on the disk when this returns, and belongs to no table until
    /// its `add` action is committed. When this throws, what it wrote is removed.
    ///
    /// - Parameters:
    ///   - select: A query that yields every column that is no partition column, in the table's
    ///     order and types; DuckDB keeps the order of its rows.
    ///   - partitionValues: The value of every partition column in the log's text form.
    ///   - connection: Runs the query.
    ///   - now: The present time in milliseconds since 1970.
    /// - Returns: One `add` action; none for no rows.
    /// - Throws: `LakeFilesError`.
    public func writeInOrder(
        _ select: String,
        partitionValues: [String: String],
        on connection: borrowing Connection,
        now: Int64
    ) throws(LakeFilesError) -> LakeFiles {
        var files = LakeFiles(table: table)
        let folder = partitionColumns.map {
            PartitionValue.folder(column: $0, text: partitionValues[$0]) + "/"
        }.joined()
        let path = folder + newName()
        do throws(LakeFilesError) {
            try files.makeFolder(folder)
            let copied = try CopiedFile.copy(select, to: "\(table)/\(path)", on: connection)
            guard let file = copied.first, file.count > 0 else {
                LakeFiles.removeFile("\(table)/\(path)")
                files.discard()
                return LakeFiles(table: table)
            }
            let values = partitionValues.mapValues { Optional($0) }
            files.adds.append(
                add(path, file, partitionValues: values, Stamp(now: now, dataChange: true))
            )
            try files.synchronize()
        } catch {
            LakeFiles.removeFile("\(table)/\(path)")
            files.discard()
            throw error
        }
        return files
    }
}
