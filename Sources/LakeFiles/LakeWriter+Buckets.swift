import DeltaTable
import DuckDB
import FoundationEssentials
import Glibc

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
                          FROM (\(typed(select, stamp))))
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
            let rows = "FROM read_parquet(\(parts), hive_partitioning = false)"
            let partitions = try partitions(of: rows, on: connection)
            if partitions.count <= Self.partitionsReadOneByOne,
                Self.size(of: "\(folder)/\(bucket)") <= targetFileSize
            {
                try files.expect(partitions: partitions.count)
                for partition in partitions {
                    try write(partition, of: rows, on: connection, stamp, into: &files)
                }
            } else {
                try writeSorted(rows, on: connection, stamp, into: &files)
            }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(bucket)")
        }
    }

    /// Up to so many partitions of a bucket are picked out of it one after the other.
    ///
    /// To look for one in a bucket costs a twentieth of sorting the bucket into a table.
    private static let partitionsReadOneByOne = 16

    /// The partitions of a bucket, as the log writes their values.
    private func partitions(
        of rows: String,
        on connection: borrowing Connection
    ) throws(LakeFilesError) -> [[String?]] {
        let fields = partitionColumns.compactMap { schema[$0] }
        let texts = fields.map { PartitionValue.logText(of: $0) }.joined(separator: ", ")
        do {
            return try connection.rows("SELECT DISTINCT \(texts) \(rows) ORDER BY ALL")
                .map { row in row.map(\.string) }
        } catch {
            throw LakeFilesError(step: "part the rows of \(table)", error)
        }
    }

    /// Writes a partition that is one file, straight from its bucket.
    private func write(
        _ values: [String?],
        of rows: String,
        on connection: borrowing Connection,
        _ stamp: Stamp,
        into files: inout LakeFiles
    ) throws(LakeFilesError) {
        let parted = zip(partitionColumns, values)
        let conditions = parted.compactMap { name, text in
            schema[name].map {
                "\(SQL.identifier(name)) IS NOT DISTINCT FROM \(PartitionValue.typed(text, as: $0.type))"
            }
        }
        let folder = parted.map { PartitionValue.folder(column: $0, text: $1) + "/" }.joined()
        try files.makeFolder(folder)
        let order = sortColumns.map(SQL.identifier).joined(separator: ", ")
        let path = folder + newName()
        let copied = try CopiedFile.copy(
            // The constants come behind the sort, or it would carry them along.
            "SELECT \(dataColumns(stamp)) FROM (SELECT * \(rows) "
                + "WHERE \(conditions.joined(separator: " AND "))"
                + (order.isEmpty ? "" : " ORDER BY \(order)") + ")",
            to: "\(table)/\(path)",
            on: connection
        )
        guard let file = copied.first, file.count > 0 else {
            LakeFiles.removeFile("\(table)/\(path)")
            throw LakeFilesError(step: "write \(path)", detail: "rows are missing in the file")
        }
        files.adds.append(
            add(
                path,
                file,
                partitionValues: Dictionary(Array(parted), uniquingKeysWith: { $1 }),
                stamp
            )
        )
    }

    /// The bytes of the files in a folder.
    private static func size(of folder: String) -> Int64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { size, name in
            var facts = stat()
            return stat("\(folder)/\(name)", &facts) == 0 ? size + Int64(facts.st_size) : size
        }
    }
}
