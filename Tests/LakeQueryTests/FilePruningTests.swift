import DeltaTable
import DuckDB
import LakeFiles
import LakeQuery
import TestSupport
import Testing

@Suite("Leaving out files")
struct FilePruningTests {
    private static let conditions: [(sql: String, files: Int)] = [
        ("p = 'p3'", 4), ("p IN ('p1', 'p2', 'none')", 8), ("p IS NULL", 4),
        ("p IS NOT NULL", 60), ("p LIKE 'p1%'", 28), ("upper(p) = 'P5'", 4), ("p <> 'p5'", 56),
        ("right(p, 1) = '4' OR p = 'p9'", 12), ("p || '!' = 'p7!'", 4),
        ("p NOT IN ('p1', 'p2')", 52), ("length(p) = 2 AND p > 'p7'", 8),
        ("id < 16", 16), ("id BETWEEN 300 AND 310", 16), ("id = 1023", 1), ("id > 5000", 0),
        ("n = 20", 16), ("n >= 48 AND p = 'p1'", 1), ("d > 1500", 14), ("dec = 3.5", 64),
        ("day = DATE '2024-01-05'", 16), ("day < '2024-01-02'", 16),
        ("moment >= TIMESTAMPTZ '2024-01-10 00:00:00Z'", 16),
        ("moment::DATE = DATE '2024-01-02'", 16),
        ("date_trunc('month', day) = DATE '2024-02-01'", 32), ("year(day) = 2023", 0),
        ("s = 'name 700'", 48), ("s LIKE 'name 99%'", 11), ("era IS NULL", 32),
        ("era IS NOT NULL", 32), ("era = 'old'", 32), ("p = 'p3' OR id < 16", 19),
        ("p = 'p3' AND (id < 16 OR n > 60)", 2), ("NOT (p = 'p3')", 56), ("b", 64),
        ("NOT b AND p = 'p1'", 4), ("random() < 2 AND p = 'p1'", 4), ("id + 1 = 5", 5),
        ("p = 'p1' OR random() > 2", 64), ("id::VARCHAR = '5'", 64), ("id::DOUBLE < 15.5", 16),
        ("id IN (1, 2, 3)", 4), ("id IN (SELECT 5)", 64), ("sha256(p) = 'x'", 64),
        ("CASE WHEN p = 'p1' THEN true END", 64), ("p = 'p1' COLLATE NOCASE", 4),
    ]

    @Test("keeps those that may hold a row that matters")
    func conditions() throws {
        let table = try PlannedTable()
        for (condition, count) in Self.conditions {
            let sql = "SELECT id FROM t WHERE \(condition) ORDER BY id"
            let answer = try table.answer(sql)
            #expect(answer.rows == (try table.expected(sql)), "\(condition)")
            #expect(answer.files == count, "\(condition)")
        }
    }

    private static let statements: [(sql: String, files: Int)] = [
        ("SELECT count(*) FROM t", 64),
        (
            "SELECT count(*) FROM t WHERE p = 'p1' UNION ALL SELECT count(*) FROM t WHERE id < 2",
            5
        ),
        (
            "SELECT count(*) FROM t a JOIN t b ON a.id = b.id + 1 WHERE a.p = 'p2' AND b.p = 'p1'",
            8
        ),
        ("SELECT count(*) FROM t a JOIN t b USING (p) WHERE a.p = 'p2'", 4),
        ("SELECT count(*) FROM t a LEFT JOIN t b ON a.id = b.id AND b.p = 'p2'", 64),
        ("WITH x AS (FROM t WHERE p = 'p4') SELECT count(*) FROM x, x y WHERE x.id = y.id", 4),
        ("WITH x AS MATERIALIZED (FROM t) SELECT count(*) FROM x a, x b WHERE a.id = b.id", 64),
        ("SELECT (SELECT max(id) FROM t WHERE p = 'p6'), count(*) FROM t WHERE p = 'p7'", 8),
        ("SELECT count(*) FROM (SELECT p, max(id) AS m FROM t GROUP BY p) WHERE p = 'p8'", 4),
        (
            "SELECT count(*) FROM (SELECT *, row_number() OVER (ORDER BY id) AS r FROM t) WHERE p = 'p8'",
            64
        ),
        ("SELECT count(*) FROM (FROM t ORDER BY id LIMIT 100) WHERE p = 'p8'", 64),
        ("SELECT count(*) FROM t WHERE EXISTS (FROM t u WHERE u.id = t.id AND u.p = 'p9')", 64),
        ("SELECT count(*) FROM t WHERE p = 'p1' AND id IN (SELECT id FROM t WHERE n < 2)", 19),
        (
            "WITH RECURSIVE r AS (SELECT 0 AS x UNION ALL SELECT x + 16 FROM r, t WHERE id = x AND p IS NULL) SELECT count(*) FROM r",
            4
        ),
        ("SELECT p, sum(d) FROM t WHERE p > 'p5' GROUP BY p HAVING p < 'p7' ORDER BY p", 4),
        ("DESCRIBE t", 64), ("SUMMARIZE t", 64), ("SELECT nothing FROM t WHERE p = 'p1'", 64),
    ]

    @Test("looks at every scan of a statement")
    func scans() throws {
        let table = try PlannedTable()
        for (sql, count) in Self.statements {
            #expect((table.files(for: sql)?.count ?? 64) == count, "\(sql)")
            guard sql.hasPrefix("SELECT count") || sql.hasPrefix("WITH") else { continue }
            #expect(try table.answer(sql).rows == (try table.expected(sql)), "\(sql)")
        }
    }

    @Test("gives the rows of the whole table for random conditions")
    func random() throws {
        let table = try PlannedTable()
        var conditions = RandomConditions(seed: 7)
        for _ in 0..<100 {
            let condition = conditions.next()
            let sql = "SELECT id FROM t WHERE \(condition) ORDER BY id"
            #expect(try table.answer(sql).rows == (try table.expected(sql)), "\(condition)")
        }
    }

    @Test("takes parameters as the values that they stand for, and texts as texts")
    func parameters() throws {
        let table = try PlannedTable()
        let sql = "SELECT '$p' FROM t WHERE p = $p AND id < $id -- $p"
        let values = ["p": "'p3'", "id": "CAST('300' AS BIGINT)"]
        #expect(table.files(for: sql, values: values)?.count == 2)
        #expect((table.files(for: "FROM t WHERE p = $p")?.count ?? 64) == 64)
    }

    @Test("trusts others' bounds no further than their writers do")
    func foreignBounds() throws {
        let table = try PlannedTable(isForeign: true)
        // Another writer may leave NaN out of its bounds, and NaN is greater than all numbers.
        #expect(table.files(for: "FROM t WHERE d > 5000")?.count == 64)
        #expect(table.files(for: "FROM t WHERE d < 10")?.count == 6)
        #expect(table.files(for: "FROM t WHERE id > 5000")?.isEmpty == true)
    }

    @Test("keeps all files where the log's facts are not of the column's type")
    func brokenFacts() throws {
        let table = try PlannedTable()
        let file = AddFile(
            path: "p=x/f.parquet",
            partitionValues: ["p": "x"],
            size: 1,
            modificationTime: 0,
            stats: #"{"numRecords":1,"minValues":{"n":"a","day":5},"maxValues":{"n":"b","day":7}}"#
        )
        let torn = AddFile(
            path: "p=y/f.parquet",
            partitionValues: ["p": "y"],
            size: 1,
            modificationTime: 0,
            stats: "{"
        )
        let log = DeltaLog(table: table.folder.path("lake/broken"))
        let metadata = Metadata(id: "b", schema: PlannedTable.schema, partitionColumns: ["p"])
        let start: [DeltaAction] = [.tableProtocol(.ours), .metadata(metadata), .add(file)]
        #expect(try log.commit(start, as: 0) == .committed)
        #expect(try log.commit([.add(torn)], as: 1) == .committed)
        for (version, count) in [(Int64(0), 1), (1, 2)] {
            let read = try log.snapshot(at: version, using: DuckDBCheckpoints(table.database))
            let snapshot = try #require(read)
            let broken = LakeTable(name: "t", folder: log.table, snapshot: snapshot)
            let found = StatementPlan(
                of: "FROM t WHERE n > 5 AND day = '2024-01-01'",
                over: [broken],
                on: table.connection
            )
            let plan = try #require(found)
            let files = FilePruning.files(of: broken, for: plan.scans, on: table.connection)
            #expect(files.count == count)
        }
    }
}
