import DeltaTable
public import DuckDB
import FoundationEssentials

extension LakeFiles {
    /// A partition value as folders and files are named after it: escaped as Hive does, a long one
    /// cut and told apart by a digest.
    public static func name(ofPartitionValue value: String) -> String {
        let column = "v"
        return String(
            PartitionValue.folder(column: column, text: value).dropFirst(column.count + 1)
        )
    }
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
        let path = folder + "part-\(UUID().uuidString.lowercased()).zstd.parquet"
        do throws(LakeFilesError) {
            try files.makeFolder(folder)
            let (count, size, statistics) = try copy(select, to: "\(table)/\(path)", on: connection)
            guard count > 0 else {
                LakeFiles.removeFile("\(table)/\(path)")
                files.discard()
                return LakeFiles(table: table)
            }
            let fields = schema.fields.filter { !partitionColumns.contains($0.name) }
            let stats = FileStatistics(recordCount: count, reported: statistics)
            files.adds.append(
                AddFile(
                    path: LogPath.encoded(path),
                    partitionValues: partitionValues.mapValues { $0 },
                    size: size,
                    modificationTime: now,
                    stats: stats.json(fields: fields),
                    tags: [LakeFiles.schemaTag: LakeFiles.fingerprint(of: schema)]
                )
            )
            try files.synchronize()
        } catch {
            LakeFiles.removeFile("\(table)/\(path)")
            files.discard()
            throw error
        }
        return files
    }

    private func copy(
        _ select: String,
        to path: String,
        on connection: borrowing Connection
    ) throws(LakeFilesError) -> (count: Int64, size: Int64, statistics: SQLValue) {
        do throws(DuckDBError) {
            let result = try connection.rows(
                """
                COPY (\(select)) TO \(SQL.literal(path))
                (FORMAT parquet, COMPRESSION zstd, RETURN_STATS true)
                """
            )
            // filename, count, file_size_bytes, footer_size_bytes, column_statistics, ...
            guard let row = result.first else { return (0, 0, .null) }
            guard row.count > 4, let count = row[1].int, let size = row[2].int else {
                throw DuckDBError(step: "write \(path)", message: "DuckDB told no figures of it")
            }
            return (Int64(count), Int64(size), row[4])
        } catch {
            throw LakeFilesError(step: "write \(path)", error)
        }
    }
}
