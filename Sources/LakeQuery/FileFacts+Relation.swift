import DeltaTable
import DuckDB
import LakeFiles

extension FileFacts {
    /// The files of which a condition on their facts is true, in the order of the snapshot.
    func files(
        where condition: String,
        on connection: borrowing Connection
    ) throws -> [AddFile] {
        let files = table.snapshot.files
        let name = "lake_files_\(UInt64.random(in: 0...UInt64.max))"
        let texts = columns.indices.map { RowSource.Column("text\($0)", .string) }
        let source = try RowSource(
            connection,
            name: name,
            columns: [.init("file", .int64), .init("stats", .string), .init("ours", .int32)] + texts
        )
        var start = 0
        let rows = try source.supply { writer in
            let end = min(files.count, start + Appender.chunkCapacity)
            self.write(files[start..<end], to: writer)
            defer { start = end }
            return end - start
        } whileRunning: {
            try connection.rows(
                "WITH facts AS (SELECT \(facts) FROM \(name)()) "
                    + "SELECT file FROM facts WHERE \(condition) ORDER BY file"
            )
        }
        return rows.compactMap { row in row.first?.int.map { files[$0] } }
    }

    private func write(_ files: ArraySlice<AddFile>, to writer: ChunkWriter) {
        let numbers = writer.values(of: 0, as: Int64.self)
        let ours = writer.values(of: 2, as: Int32.self)
        for (row, index) in files.indices.enumerated() {
            let file = files[index]
            numbers[row] = Int64(index)
            ours[row] = LakeFiles.isOurs(file) ? 1 : 0
            set(file.stats, column: 1, row: row, writer)
            for (column, field) in columns.enumerated() {
                // The log's empty text is null.
                let value = (file.partitionValues[field.name] ?? nil).flatMap {
                    $0.isEmpty ? nil : $0
                }
                set(value, column: 3 + column, row: row, writer)
            }
        }
    }

    private func set(_ text: String?, column: Int, row: Int, _ writer: ChunkWriter) {
        if let text {
            writer.setString(text, column: column, row: row)
        } else {
            writer.setNull(column: column, row: row)
        }
    }

    /// The columns of the relation: `value0`, or `low0`, `high0` and `nulls0`, for each column.
    private var facts: String {
        let all = columns.enumerated().flatMap { index, field -> [String] in
            if isPartition(field) {
                return ["text\(index)::\(field.type.duckDBName) AS value\(index)"]
            }
            let (low, high) = Self.bounds(of: field)
            return [
                "\(low) AS low\(index)", "\(high) AS high\(index)",
                "TRY_CAST(\(Self.fact("nullCount", field)) AS BIGINT) AS nulls\(index)",
            ]
        }
        return (["file", "ours", "TRY_CAST(stats->>'numRecords' AS BIGINT) AS records"] + all)
            .joined(separator: ", ")
    }

    private static func fact(_ name: String, _ field: DeltaField) -> String {
        "((stats->'\(name)')->>\(SQL.literal(field.name)))"
    }

    private static func bounds(of field: DeltaField) -> (low: String, high: String) {
        let type = field.type.duckDBName
        let low = "TRY_CAST(\(fact("minValues", field)) AS \(type))"
        let high = "TRY_CAST(\(fact("maxValues", field)) AS \(type))"
        switch field.type {
        case .string, .long, .integer, .short, .byte, .date: return (low, high)
        // JSON's numbers keep 15 digits.
        case .decimal(let precision, _) where precision <= 15: return (low, high)
        // NaN is greater than all numbers here, and writers other than Sluice may not count it.
        case .float, .double: return (low, "CASE WHEN ours = 1 THEN \(high) END")
        // The protocol rounds bounds of times to milliseconds, downwards.
        case .timestamp, .timestampWithoutZone: return (low, "\(high) + INTERVAL 1 MILLISECOND")
        case .decimal, .boolean, .binary, .array, .structure, .map: return ("NULL", "NULL")
        }
    }
}
