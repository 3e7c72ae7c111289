import DuckDB
import TestSupport
import Testing

@Suite("A tally of rows")
struct RowTallyTests {
    @Test("counts each row once, whatever is done with it, on several threads")
    func counts() throws {
        let folder = try ScratchFolder()
        let connection = try Database(settings: ["threads": "4"]).connect()
        let tally = try RowTally(connection)
        let condition = tally.condition(
            place: "range // 100000",
            mark: "CASE WHEN range % 1000 = 0 THEN range // 1000 END"
        )
        let rows = "SELECT range AS n, range % 7 AS p FROM range(300001) WHERE \(condition)"
        let expected = [
            0: RowTally.Count(rows: 100_000, marked: 100),
            1: RowTally.Count(rows: 100_000, marked: 100),
            2: RowTally.Count(rows: 100_000, marked: 100),
            3: RowTally.Count(rows: 1, marked: 1),
        ]
        let file = SQL.literal(folder.path("rows"))
        for statement in [
            "CREATE TEMP TABLE sorted AS SELECT * FROM (\(rows)) ORDER BY p, n DESC",
            "COPY (\(rows)) TO \(file) (FORMAT parquet, PARTITION_BY (p))",
        ] {
            tally.reset()
            try connection.execute(statement)
            #expect(tally.counts == expected, "\(statement)")
        }
        #expect(try connection.scalar("SELECT count(*) FROM sorted") == .integer(300_001))
    }

    @Test("counts where places or marks are the same in all rows", arguments: ["NULL", "5"])
    func constants(mark: String) throws {
        let connection = try Database().connect()
        let tally = try RowTally(connection)
        let other = try RowTally(connection)
        let condition = tally.condition(place: "3", mark: mark)
        #expect(try connection.rows("SELECT 1 FROM range(5000) WHERE \(condition)").count == 5_000)
        let marked = mark == "NULL" ? 0 : 5_000
        #expect(tally.counts == [3: RowTally.Count(rows: 5_000, marked: marked)])
        #expect(other.counts.isEmpty)
    }
}
