import DuckDB
import ParquetFile
import TestSupport

/// A Parquet file in a folder of its own, and DuckDB to read it.
final class ScratchParquet {
    let folder: ScratchFolder
    let facts: ParquetFacts
    let connection: Connection

    /// A file of row groups: for each its values and how many rows it has.
    init(_ columns: [ParquetColumn], _ groups: [(values: [ParquetValues], rows: Int)]) throws {
        folder = try ScratchFolder()
        let encoder = ParquetEncoder(columns)
        let writer = try ParquetFileWriter(path: folder.path("a.parquet"), columns: columns)
        for group in groups { try writer.append(encoder.encode(group.values, rows: group.rows)) }
        facts = try writer.finish(synchronized: true)
        connection = try Database().connect()
    }

    var path: String { folder.path("a.parquet") }

    /// The rows in the order of the file.
    func rows(_ selection: String = "*", where condition: String = "true") throws -> [[SQLValue]] {
        try connection.rows(
            """
            SELECT \(selection) FROM read_parquet('\(path)', file_row_number = true)
            WHERE \(condition) ORDER BY file_row_number
            """
        )
    }

    /// An aggregate over the rows.
    func value(_ aggregate: String, where condition: String = "true") throws -> SQLValue? {
        try connection.scalar(
            """
            SELECT \(aggregate) FROM read_parquet('\(path)', file_row_number = true)
            WHERE \(condition)
            """
        )
    }

    /// What the footer says of each chunk.
    func metadata(_ selection: String) throws -> [[SQLValue]] {
        try connection.rows(
            "SELECT \(selection) FROM parquet_metadata('\(path)') ORDER BY row_group_id, column_id"
        )
    }
}
