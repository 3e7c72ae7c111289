import DeltaTable
import DuckDB
import FoundationEssentials

extension LakeWriter {
    /// Sorts rows into a temporary table, which spills if need be, and writes each partition.
    func writeSorted(
        _ select: String,
        on connection: borrowing Connection,
        _ stamp: Stamp,
        into files: inout LakeFiles
    ) throws(LakeFilesError) {
        let rows = "sluice_sorted_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
        let order = (partitionColumns + sortColumns).map(SQL.identifier)
        do {
            try connection.execute(
                "CREATE TEMP TABLE \(rows) AS \(typed(select, stamp)) "
                    + "ORDER BY \(order.joined(separator: ", "))"
            )
        } catch {
            throw LakeFilesError(step: "compute the rows of \(table)", error)
        }
        defer { _ = try? connection.execute("DROP TABLE temp.\(rows)") }
        let stretches = try stretches(of: rows, on: connection)
        try files.expect(partitions: stretches.count)
        for stretch in stretches {
            try write(stretch, of: rows, on: connection, stamp, into: &files)
        }
    }

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
        _ stamp: Stamp,
        into files: inout LakeFiles
    ) throws(LakeFilesError) {
        try files.makeFolder(stretch.folder)
        var next = stretch.rows.lowerBound
        while next < stretch.rows.upperBound {
            let step = try rowsPerFile(
                remaining: next..<stretch.rows.upperBound,
                of: rows,
                on: connection,
                written: files.adds,
                stamp
            )
            let part = next..<min(next + step, stretch.rows.upperBound)
            let path = stretch.folder + newName()
            let written = try copy(part, of: rows, to: "\(table)/\(path)", on: connection, stamp)
            files.adds.append(
                add(path, written, partitionValues: stretch.partitionValues, stamp)
            )
            next = part.upperBound
        }
    }

    /// How many rows come to about the target size, by what earlier files or a sample came to.
    private func rowsPerFile(
        remaining: Range<Int64>,
        of rows: String,
        on connection: borrowing Connection,
        written: [AddFile],
        _ stamp: Stamp
    ) throws(LakeFilesError) -> Int64 {
        let sampleRows: Int64 = 20_480
        guard remaining.count > sampleRows else { return Int64(remaining.count) }
        let last = written.last { ($0.recordCount ?? 0) >= sampleRows }
        var bytesPerRow = last.map { Double($0.size) / Double($0.recordCount ?? 1) }
        if bytesPerRow == nil {
            let sample = "\(table)/.sample-\(mark)-\(UUID().uuidString.lowercased()).parquet"
            defer { LakeFiles.removeFile(sample) }
            let lower = remaining.lowerBound
            let part = lower..<(lower + sampleRows)
            let size = try copy(part, of: rows, to: sample, on: connection, stamp).size
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
        on connection: borrowing Connection,
        _ stamp: Stamp
    ) throws(LakeFilesError) -> CopiedFile {
        let copied = try CopiedFile.copy(
            """
            SELECT \(dataColumns(stamp)) FROM temp.\(rows)
            WHERE rowid BETWEEN \(part.lowerBound) AND \(part.upperBound - 1)
            """,
            to: path,
            on: connection
        )
        guard let file = copied.first, file.count == part.count else {
            LakeFiles.removeFile(path)
            throw LakeFilesError(step: "write \(path)", detail: "rows are missing in the file")
        }
        return file
    }
}
