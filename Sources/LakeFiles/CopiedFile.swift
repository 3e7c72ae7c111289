import DuckDB

/// What DuckDB tells of a file that it wrote.
struct CopiedFile {
    let path: String
    let count: Int64
    let size: Int64
    let statistics: SQLValue

    /// Runs a query and writes its rows, in their order if `options` name no other one.
    ///
    /// A file that could not be written whole is removed; a folder of files stays.
    ///
    /// - Returns: One for every file; none for no rows, or one with a count of 0.
    static func copy(
        _ select: String,
        to path: String,
        options: String = "",
        on connection: borrowing Connection
    ) throws(LakeFilesError) -> [CopiedFile] {
        do throws(DuckDBError) {
            let files = try connection.rows(
                """
                COPY (\(select)) TO \(SQL.literal(path))
                (FORMAT parquet, COMPRESSION zstd, RETURN_STATS true\(options))
                """
            )
            var copied: [CopiedFile] = []
            for file in files {
                // filename, count, file_size_bytes, footer_size_bytes, column_statistics, ...
                guard file.count > 4, let path = file[0].string, let count = file[1].int,
                    let size = file[2].int
                else {
                    throw DuckDBError(
                        step: "write \(path)",
                        message: "DuckDB told no figures of it"
                    )
                }
                copied.append(
                    CopiedFile(
                        path: path,
                        count: Int64(count),
                        size: Int64(size),
                        statistics: file[4]
                    )
                )
            }
            return copied
        } catch {
            // What there is of it, if it is a file.
            LakeFiles.removeFile(path)
            throw LakeFilesError(step: "write \(path)", error)
        }
    }
}
