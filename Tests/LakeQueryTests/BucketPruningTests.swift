import DeltaTable
import DuckDB
import LakeFiles
import LakeQuery
import TestSupport
import Testing

@Suite("A filter on a column by which rows are put into buckets")
struct BucketPruningTests {
    private static let conditions: [(sql: String, files: Int)] = [
        ("item = 5", 1), ("5 = item", 1), ("item IN (1, 5)", 2), ("item = 5 AND name = 'n5'", 1),
        ("item = 5 OR item = 1", 2), ("item = 5 AND day = DATE '2024-01-06'", 1), ("item > 5", 8),
        ("item <> 5", 9), ("item::VARCHAR = '5'", 9), ("item IS NULL", 1), ("item = NULL", 9),
        ("item = 5000", 0), ("item_bucket_8 = 3", 1), ("name = 'n5'", 8),
        ("item IN (SELECT 5)", 9),
    ]

    @Test("reads only the buckets of its values")
    func conditions() throws {
        let table = try BucketTable(by: "item", count: 8)
        #expect(table.table.snapshot.files.count == 9)
        for (condition, count) in Self.conditions {
            let answer = try table.answer("SELECT item FROM t WHERE \(condition) ORDER BY item")
            #expect(answer.rows == answer.expected, "\(condition)")
            #expect(answer.files == count, "\(condition)")
        }
    }

    @Test("does so for texts and days, not for numbers that have several texts")
    func types() throws {
        let texts = try BucketTable(by: "name", count: 8)
        #expect(try texts.answer("SELECT item FROM t WHERE name = 'n7' ORDER BY item").files == 1)
        let days = try BucketTable(by: "day", count: 8)
        let day = try days.answer("SELECT item FROM t WHERE day = '2024-01-03' ORDER BY item")
        #expect(day.rows == day.expected)
        #expect(day.files == 1)
        let numbers = try BucketTable(by: "rate", count: 8)
        let zero = try numbers.answer("SELECT item FROM t WHERE rate = 0 ORDER BY item")
        #expect(zero.rows == zero.expected)
        #expect(zero.rows.count == 2)
    }

    @Test("keeps files of other programs, and looks at none where the table does not say so")
    func others() throws {
        let foreign = try BucketTable(by: "item", count: 8, isForeign: true)
        #expect(try foreign.answer("SELECT item FROM t WHERE item = 5").files > 1)
        let silent = try BucketTable(by: "item", count: 8, says: false)
        #expect(try silent.answer("SELECT item FROM t WHERE item = 5").files > 1)
    }
}

/// A lake table in buckets of a column, with the same rows in a plain table of DuckDB beside it.
private final class BucketTable {
    let table: LakeTable
    private let folder: ScratchFolder
    private let database: Database
    private let connection: Connection

    private static let rows = """
        SELECT CASE WHEN i < 200 THEN i END AS item, 'n' || i AS name,
               DATE '2024-01-01' + (i % 40)::INTEGER AS day,
               CASE i WHEN 0 THEN '-0.0'::DOUBLE WHEN 1 THEN 0 ELSE i / 2 END AS rate
        FROM range(210) t(i)
        """

    init(by source: String, count: Int, isForeign: Bool = false, says: Bool = true) throws {
        folder = try ScratchFolder()
        database = try Database(settings: ["threads": "2"])
        connection = try database.connect()
        let column = "\(source)_bucket_\(count)"
        let schema = DeltaSchema([
            DeltaField(name: "item", type: .long), DeltaField(name: "name", type: .string),
            DeltaField(name: "day", type: .date), DeltaField(name: "rate", type: .double),
            DeltaField(name: column, type: .integer),
        ])
        let bucket = SQL.bucket(of: "CAST(\(source) AS VARCHAR)", count: count)
        try connection.execute(
            "CREATE SCHEMA lake; CREATE TABLE plain AS SELECT *, \(bucket) AS \(column) FROM (\(Self.rows))"
        )
        let path = folder.path("lake/t")
        let log = DeltaLog(table: path)
        let writer = LakeWriter(table: path, schema: schema, partitionColumns: [column])
        let files = try writer.write("FROM plain", on: connection, now: 0)
        let settings = says ? ["sluice.partition.\(column)": "bucket(\(count), \(source))"] : [:]
        let metadata = Metadata(
            id: "x",
            schema: schema,
            partitionColumns: [column],
            configuration: settings
        )
        let adds = files.adds.map { add in
            !isForeign
                ? add
                : AddFile(
                    path: add.path,
                    partitionValues: add.partitionValues,
                    size: add.size,
                    modificationTime: 0,
                    stats: add.stats
                )
        }
        _ = try log.commit(
            [.tableProtocol(.ours), .metadata(metadata)] + adds.map(DeltaAction.add),
            as: 0
        )
        guard let snapshot = try log.snapshot(using: DuckDBCheckpoints(database)) else {
            throw DuckDBError(step: "prepare", message: "no table")
        }
        table = LakeTable(name: "t", folder: path, snapshot: snapshot)
        try connection.execute("SET search_path = 'main,lake'")
    }

    /// The rows from a view of the files that a statement needs, how many these are, and the rows
    /// of the plain table.
    func answer(_ sql: String) throws -> (rows: [[SQLValue]], files: Int, expected: [[SQLValue]]) {
        let all = table.snapshot.files
        let needed =
            StatementPlan(of: sql, over: [table], on: connection)
            .map { FilePruning.files(of: table, for: $0.scans, on: connection) } ?? all
        let query = LakeRelation.query(of: table.snapshot, table: table.folder, files: needed)
        try connection.execute("CREATE OR REPLACE VIEW lake.t AS \(query)")
        let rows = try connection.rows(sql)
        try connection.execute("CREATE OR REPLACE VIEW lake.t AS FROM plain")
        defer { _ = try? connection.execute("DROP VIEW lake.t") }
        return (rows, needed.count, try connection.rows(sql))
    }
}
