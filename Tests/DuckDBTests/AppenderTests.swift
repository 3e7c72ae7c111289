import DuckDB
import Testing

@Suite("An appender")
struct AppenderTests {
    @Test("puts whole columns of rows into a table")
    func appends() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE t (a VARCHAR, b DOUBLE, c BIGINT, d DATE)")
        var appender = try Appender(connection, table: "t")
        let total = 100_000
        var next = 0
        while next < total {
            let count = min(Appender.chunkCapacity, total - next)
            let start = next
            try appender.append(rows: count) { writer in
                let doubles = writer.values(of: 1, as: Double.self)
                let longs = writer.values(of: 2, as: Int64.self)
                let days = writer.values(of: 3, as: Int32.self)
                for row in 0..<count {
                    let number = start + row
                    writer.setString("the text of row \(number)", column: 0, row: row)
                    doubles[row] = Double(number) / 2
                    longs[row] = Int64(number)
                    days[row] = 0
                    if number % 10 == 0 { writer.setNull(column: 1, row: row) }
                }
            }
            next += count
        }
        try appender.finish()
        let row = try connection.rows(
            "SELECT count(*), count(b), sum(c), max(a), min(d) FROM t"
        )[0]
        #expect(row[0] == .integer(100_000))
        #expect(row[1] == .integer(90_000))
        #expect(row[2] == .integer(4_999_950_000))
        #expect(row[3] == .string("the text of row 99999"))
        #expect(row[4] == .date(days: 0))
    }

    @Test("says which table is missing")
    func missingTable() throws {
        let connection = try Database().connect()
        let error = #expect(throws: DuckDBError.self) {
            _ = try Appender(connection, table: "absent")
        }
        #expect(error?.message.contains("absent") ?? false)
    }
}
