import DuckDB
import FoundationEssentials

extension LakeWriter {
    /// Writes more rows than can be sorted in memory: first parted into buckets, each of which has
    /// all rows of its partitions, then bucket after bucket.
    ///
    /// A partition that is more than memory holds is sorted as a whole, which spills.
    func writeBuckets(
        of select: String,
        _ input: LakeInput,
        on connection: borrowing Connection,
        _ stamp: Stamp,
        into files: inout LakeFiles
    ) throws(LakeFilesError) {
        let folder = "\(input.scratchFolder)/buckets-\(UUID().uuidString.lowercased())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try LakeFiles.makeFolder(input.scratchFolder)
        let keys = partitionColumns.map(SQL.identifier).joined(separator: ", ")
        try Self.withoutOrder(on: connection) { () throws(LakeFilesError) in
            do throws(DuckDBError) {
                // Small row groups, since each bucket holds one in memory.
                try connection.execute(
                    """
                    COPY (SELECT *, hash(\(keys)) % \(input.bucketCount) AS sluice_bucket
                          FROM (\(typed(select))))
                    TO \(SQL.literal(folder)) (FORMAT parquet, COMPRESSION lz4_raw,
                        ROW_GROUP_SIZE 20480, PARTITION_BY (sluice_bucket))
                    """
                )
            } catch {
                throw LakeFilesError(step: "compute the rows of \(table)", error)
            }
        }
        let buckets = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for bucket in buckets.sorted() {
            let parts = SQL.literal("\(folder)/\(bucket)/*.parquet")
            try writeSorted(
                "FROM read_parquet(\(parts), hive_partitioning = false)",
                on: connection,
                stamp,
                into: &files
            )
            try? FileManager.default.removeItem(atPath: "\(folder)/\(bucket)")
        }
    }
}
