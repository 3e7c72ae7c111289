public import DeltaTable
public import DuckDB
import FoundationEssentials

/// Writes the rows of a query as data files of one lake table: typed, zstd-compressed, partitioned
/// Parquet.
///
/// DuckDB's own `PARTITION_BY` neither keeps the order of rows within a file nor bounds the
/// number of files above 100 partitions, and `FILE_SIZE_BYTES` mixes the order too. So the rows
/// are sorted once into a temporary table, which spills to the connection's `temp_directory`, and
/// every file is a plain ordered `COPY` of one stretch of it.
public struct LakeWriter: Sendable {
    /// The table's folder.
    public let table: String
    /// All columns in the table's order, partition columns included.
    public let schema: DeltaSchema
    /// Columns whose values part the files.
    public let partitionColumns: [String]
    /// Columns that the rows of a file are ordered by.
    public let sortColumns: [String]
    /// About how many bytes a file should have, if there are that many.
    public let targetFileSize: Int64

    /// A writer for one table.
    ///
    /// - Parameters:
    ///   - table: The table's folder; made when it is missing.
    ///   - schema: All columns in the table's order, partition columns included.
    ///   - partitionColumns: Columns that are not nested; at least one column is none of them.
    ///   - sortColumns: Columns to order by within a partition; none keeps the query's order.
    ///   - targetFileSize: Bytes.
    public init(
        table: String,
        schema: DeltaSchema,
        partitionColumns: [String] = [],
        sortColumns: [String] = [],
        targetFileSize: Int64 = 128 << 20
    ) {
        self.table = table
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.sortColumns = sortColumns
        self.targetFileSize = targetFileSize
    }

    /// Writes the rows of `select` as new data files, which are on the disk when this returns.
    ///
    /// The files belong to no table until their `add` actions are committed. When this throws,
    /// what it wrote is removed.
    ///
    /// - Parameters:
    ///   - select: A query that yields every column of the schema by name, in any order, in a
    ///     type that casts to the column's. An empty text in a partition column becomes null,
    ///     since the log cannot tell them apart.
    ///   - connection: Runs the query; gets a temporary table for the time of the call.
    ///   - now: The present time in milliseconds since 1970.
    ///   - dataChange: `false` when the rows are those of files that the same commit removes.
    /// - Returns: One `add` action per file; none for no rows.
    /// - Throws: `LakeFilesError`.
    public func write(
        _ select: String,
        on connection: borrowing Connection,
        now: Int64,
        dataChange: Bool = true
    ) throws(LakeFilesError) -> LakeFiles {
        let rows = "sluice_sorted_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
        do {
            try connection.execute("CREATE TEMP TABLE \(rows) AS \(sorted(select))")
        } catch {
            throw LakeFilesError(step: "compute the rows of \(table)", error)
        }
        defer { _ = try? connection.execute("DROP TABLE temp.\(rows)") }
        var files = LakeFiles(table: table)
        do throws(LakeFilesError) {
            for stretch in try stretches(of: rows, on: connection) {
                try write(stretch, of: rows, on: connection, into: &files) { path, stats, size in
                    AddFile(
                        path: LogPath.encoded(path),
                        partitionValues: stretch.partitionValues,
                        size: size,
                        modificationTime: now,
                        dataChange: dataChange,
                        stats: stats,
                        tags: [LakeFiles.schemaTag: LakeFiles.fingerprint(of: schema)]
                    )
                }
            }
            try files.synchronize()
        } catch {
            files.discard()
            throw error
        }
        return files
    }

    private func sorted(_ select: String) -> String {
        let columns = schema.fields.map { field in
            let name = SQL.identifier(field.name)
            let value = field.type == .string && isPartition(field) ? "nullif(\(name), '')" : name
            return "CAST(\(value) AS \(field.type.duckDBName)) AS \(name)"
        }
        let order = (partitionColumns + sortColumns).map(SQL.identifier)
        return "SELECT \(columns.joined(separator: ", ")) FROM (\(select))"
            + (order.isEmpty ? "" : " ORDER BY \(order.joined(separator: ", "))")
    }

    private func isPartition(_ field: DeltaField) -> Bool { partitionColumns.contains(field.name) }

    private var dataFields: [DeltaField] { schema.fields.filter { !isPartition($0) } }

    /// The rows of one partition: they follow each other in the sorted table.
    private struct Stretch {
        let partitionValues: [String: String?]
        let folder: String
        let rows: Range<Int64>
    }

    private func stretches(
        of rows: String,
        on connection: borrowing Connection
    ) throws(LakeFilesError) -> [Stretch] {
        let fields = partitionColumns.compactMap { name in
            schema.fields.first { $0.name == name }
        }
        let texts = fields.map { PartitionValue.logText(of: $0) + ", " }.joined()
        let keys = fields.map { SQL.identifier($0.name) }.joined(separator: ", ")
        let found: [[SQLValue]]
        do {
            found = try connection.rows(
                "SELECT \(texts) min(rowid), max(rowid), count(*) FROM temp.\(rows)"
                    + (keys.isEmpty ? "" : " GROUP BY \(keys)") + " ORDER BY min(rowid)"
            )
        } catch {
            throw LakeFilesError(step: "part the rows of \(table)", error)
        }
        var stretches: [Stretch] = []
        for row in found {
            let limits = row.suffix(3).compactMap(\.int).map(Int64.init)
            guard limits.count == 3 else { continue }
            guard limits[1] - limits[0] + 1 == limits[2] else {
                throw LakeFilesError(
                    step: "part the rows of \(table)",
                    detail: "a partition lies in pieces"
                )
            }
            let values = zip(fields, row).map { ($0.name, $1.string) }
            stretches.append(
                Stretch(
                    partitionValues: Dictionary(values, uniquingKeysWith: { $1 }),
                    folder: values.map { PartitionValue.folder(column: $0, text: $1) + "/" }
                        .joined(),
                    rows: limits[0]..<(limits[1] + 1)
                )
            )
        }
        return stretches
    }

    private func write(
        _ stretch: Stretch,
        of rows: String,
        on connection: borrowing Connection,
        into files: inout LakeFiles,
        action: (String, String, Int64) -> AddFile
    ) throws(LakeFilesError) {
        try files.makeFolder(stretch.folder)
        var next = stretch.rows.lowerBound
        while next < stretch.rows.upperBound {
            let step = try rowsPerFile(
                remaining: next..<stretch.rows.upperBound,
                of: rows,
                on: connection,
                written: files.adds
            )
            let part = next..<min(next + step, stretch.rows.upperBound)
            let path = stretch.folder + "part-\(UUID().uuidString.lowercased()).zstd.parquet"
            let written = try copy(part, of: rows, to: "\(table)/\(path)", on: connection)
            let stats = FileStatistics(recordCount: written.count, reported: written.statistics)
            files.adds.append(action(path, stats.json(fields: dataFields), written.size))
            next = part.upperBound
        }
    }

    /// How many rows come to about the target size, by what earlier files or a sample came to.
    private func rowsPerFile(
        remaining: Range<Int64>,
        of rows: String,
        on connection: borrowing Connection,
        written: [AddFile]
    ) throws(LakeFilesError) -> Int64 {
        let sampleRows: Int64 = 20_480
        guard remaining.count > sampleRows else { return Int64(remaining.count) }
        let last = written.last { ($0.recordCount ?? 0) >= sampleRows }
        var bytesPerRow = last.map { Double($0.size) / Double($0.recordCount ?? 1) }
        if bytesPerRow == nil {
            let sample = "\(table)/.sample-\(UUID().uuidString.lowercased()).parquet"
            defer { LakeFiles.removeFile(sample) }
            let lower = remaining.lowerBound
            let size = try copy(lower..<(lower + sampleRows), of: rows, to: sample, on: connection)
                .size
            bytesPerRow = Double(size) / Double(sampleRows)
        }
        let total = Double(remaining.count) * max(bytesPerRow ?? 1, 0.01)
        let fileCount = max(1, (total / Double(targetFileSize)).rounded())
        return max(1, Int64((Double(remaining.count) / fileCount).rounded(.up)))
    }

    private func copy(
        _ part: Range<Int64>,
        of rows: String,
        to path: String,
        on connection: borrowing Connection
    ) throws(LakeFilesError) -> (count: Int64, size: Int64, statistics: SQLValue) {
        let names = dataFields.map { SQL.identifier($0.name) }.joined(separator: ", ")
        do throws(DuckDBError) {
            let result = try connection.rows(
                """
                COPY (SELECT \(names) FROM temp.\(rows)
                      WHERE rowid BETWEEN \(part.lowerBound) AND \(part.upperBound - 1))
                TO \(SQL.literal(path)) (FORMAT parquet, COMPRESSION zstd, RETURN_STATS true)
                """
            )
            // filename, count, file_size_bytes, footer_size_bytes, column_statistics, ...
            guard let row = result.first, row.count > 4, let count = row[1].int,
                let size = row[2].int, count == part.count
            else {
                throw DuckDBError(step: "write \(path)", message: "rows are missing in the file")
            }
            return (Int64(count), Int64(size), row[4])
        } catch {
            throw LakeFilesError(step: "write \(path)", error)
        }
    }
}
