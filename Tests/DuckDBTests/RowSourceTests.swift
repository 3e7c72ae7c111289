import DuckDB
import TestSupport
import Testing

@Suite("Rows made in Swift")
struct RowSourceTests {
    private struct Refusal: Error, CustomStringConvertible {
        let description = "the well ran dry"
    }

    @Test("arrive in a Parquet file in the order in which they were made")
    func ordered() throws {
        let folder = try ScratchFolder()
        let connection = try Database().connect()
        let names = ["", "US:CO:27053", "twelve bytes", "more than twelve bytes"]
        let source = try RowSource(
            connection,
            name: "made",
            columns: [
                .init("name", .string), .init("number", .int32), .init("id", .int64),
            ]
        )
        let total = 200_001
        var next = 0
        let file = SQL.literal(folder.path("made.parquet"))
        try source.supply { writer in
            let count = min(writer.rowCount, total - next)
            let rows = next..<next + count
            next += count
            let numbers = writer.values(of: 1, as: Int32.self)
            let ids = writer.values(of: 2, as: Int64.self)
            for (row, number) in rows.enumerated() {
                numbers[row] = Int32(number)
                ids[row] = Int64(number) << 32
                writer.setString(names[number % 4], column: 0, row: row)
            }
            return count
        } whileRunning: {
            try connection.execute("COPY (FROM made()) TO \(file) (FORMAT parquet)")
        }

        let misplaced = try connection.scalar(
            """
            SELECT count(*) FROM read_parquet(\(file), file_row_number = true)
            WHERE number <> file_row_number OR id <> number::BIGINT << 32
            OR name <> ['', 'US:CO:27053', 'twelve bytes', 'more than twelve bytes'][number % 4 + 1]
            """
        )
        #expect(misplaced == .integer(0))
        #expect(try connection.scalar("SELECT count(*) FROM \(file)") == .integer(200_001))
    }

    @Test("end the statement with the error of whoever makes them")
    func failing() throws {
        let connection = try Database().connect()
        let source = try RowSource(connection, name: "dry", columns: [.init("n", .int64)])
        #expect {
            try source.supply { _ in
                throw Refusal()
            } whileRunning: {
                _ = try connection.execute("FROM dry()")
            }
        } throws: { error in
            (error as? DuckDBError)?.message.contains("the well ran dry") == true
        }
        #expect(try connection.rows("FROM dry()").isEmpty)
    }
}
