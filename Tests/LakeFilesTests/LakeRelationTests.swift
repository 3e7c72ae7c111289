import DeltaTable
import DuckDB
import LakeFiles
import TestSupport
import Testing

@Suite("The relation of a snapshot")
struct LakeRelationTests {
    @Test("fills columns that older files lack, and widens theirs")
    func newColumns() throws {
        let table = try LakeTable()
        try table.append("SELECT 1 AS a", schema: DeltaSchema(["a": .integer]))
        try table.append(
            "SELECT 2 AS a, 'new' AS b",
            schema: DeltaSchema(["a": .integer, "b": .string])
        )
        let wide = DeltaSchema([
            "a": .long, "b": .string, "c": .structure([.init(name: "x", type: .long)]),
        ])
        try table.append("SELECT 3 AS a, 'x' AS b, {'x': 1} AS c WHERE false", schema: wide)
        #expect(
            try table.related("SELECT a, b, c, typeof(a) FROM TABLE ORDER BY a") == [
                [.integer(1), .null, .null, .string("BIGINT")],
                [.integer(2), .string("new"), .null, .string("BIGINT")],
            ]
        )
    }

    @Test("reads the wanted files and columns only, in the wanted order")
    func selection() throws {
        let table = try LakeTable()
        let schema = DeltaSchema(["p": .string, "q": .long, "n": .long])
        try table.append(
            "SELECT 'p' || i % 3 AS p, i % 2 AS q, i AS n FROM range(12) t(i)",
            schema: schema,
            partitionedBy: ["p", "q"]
        )
        let snapshot = try #require(try table.snapshot())
        let files = snapshot.files.filter { $0.partitionValues["p"] == "p1" }
        let query = LakeRelation.query(
            of: snapshot,
            table: table.path,
            files: files,
            columns: ["n", "q", "missing"]
        )
        let result = try table.connection.query("SELECT * FROM (\(query)) ORDER BY n")
        #expect(result.columns.map(\.name) == ["n", "q"])
        let rows = try table.connection.rows("SELECT * FROM (\(query)) ORDER BY n")
        #expect(rows.map { $0[0] } == [.integer(1), .integer(4), .integer(7), .integer(10)])
    }
}

@Suite("Partition values of a relation")
struct PartitionRelationTests {
    private static let plain = [
        "a b", "a=b", "a/b", "São", "50%", "a?b", "x'y", "\\", "+", "file:x",
    ]

    @Test(
        "are those of the log, whatever folders are called",
        arguments: [
            plain, plain + ["NULL"], plain + ["__HIVE_DEFAULT_PARTITION__"],
            plain + [String(repeating: "long", count: 80)],
        ]
    )
    func values(texts: [String]) throws {
        let table = try LakeTable()
        try table.append(
            "SELECT p, 7 AS q, length(p) AS n FROM (SELECT unnest([\(list(texts)), NULL]) AS p)",
            schema: DeltaSchema(["p": .string, "q": .long, "n": .long]),
            partitionedBy: ["p", "q"]
        )
        let query = "SELECT p, q, n FROM TABLE ORDER BY p"
        let rows = try table.related(query)
        #expect(rows.compactMap { $0[0].string } == texts.sorted())
        #expect(rows.last?[0] == .null)
        #expect(rows.allSatisfy { $0[1] == .integer(7) })
        #expect(try table.scanned(query) == rows)
    }

    @Test("have their types, and filters on them leave files unread")
    func pruning() throws {
        let table = try LakeTable()
        let schema = DeltaSchema([
            "day": .date, "at": .timestamp, "d": .decimal(precision: 5, scale: 2), "n": .long,
        ])
        try table.append(
            """
            SELECT DATE '2024-01-01' + i::INT AS day, TIMESTAMPTZ '2024-01-01 00:00:00.5Z' AS at,
                   i / 2 AS d, i AS n FROM range(8) t(i)
            """,
            schema: schema,
            partitionedBy: ["day", "at", "d"]
        )
        // Another schema: the files are read by the names of their columns.
        try table.append(
            "SELECT DATE '2024-02-01' AS day, NULL AS at, NULL AS d, 8 AS n, 'x' AS more",
            schema: DeltaSchema(schema.fields + [DeltaField(name: "more", type: .string)]),
            partitionedBy: ["day", "at", "d"]
        )
        let rows = try table.related("SELECT * FROM TABLE ORDER BY n")
        #expect(rows == (try table.scanned("SELECT * FROM TABLE ORDER BY n")))
        #expect(rows.last == [.date(days: 19_754), .null, .null, .integer(8), .string("x")])
        let filtered = "SELECT n FROM TABLE WHERE day > DATE '2024-01-31' OR d = 1.5"
        #expect(try table.related("\(filtered) ORDER BY n") == [[.integer(3)], [.integer(8)]])
        let plan = try table.related("EXPLAIN \(filtered)").compactMap { $0[1].string }.joined()
        #expect(plan.contains("2/9"), "\(plan)")
    }

    private func list(_ texts: [String]) -> String {
        texts.map(SQL.literal).joined(separator: ", ")
    }
}

@Suite("A checkpoint")
struct CheckpointTests {
    @Test("replaces the commits before it, for us and for other readers")
    func roundTrip() throws {
        let table = try LakeTable()
        let schema = DeltaSchema(["p": .string, "n": .long])
        try table.append(
            "SELECT unnest(['a b', NULL]) AS p, 1 AS n",
            schema: schema,
            partitionedBy: ["p"]
        )
        let first = try #require(try table.snapshot())
        let removed = first.files[0].removed(at: 1_700_000_000_000)
        _ = try table.log.commit(
            [
                .remove(removed), .transaction(Transaction(appId: "stage-1/x", version: 7)),
                .commitInfo(CommitInfo(timestamp: 1, operation: "WRITE")),
            ],
            as: 1
        )
        let snapshot = try #require(try table.snapshot())
        let codec = try DuckDBCheckpoints(table.database)
        try table.log.writeCheckpoint(of: snapshot, now: 1_700_000_000_001, using: codec)
        try table.append("SELECT 'c' AS p, 3 AS n", schema: schema, partitionedBy: ["p"])
        for version in 0...1 {
            try table.folder.remove("t/_delta_log/0000000000000000000\(version).json")
        }
        let later = try #require(try table.snapshot())
        #expect(later.version == 2)
        #expect(later.transactions == ["stage-1/x": 7])
        #expect(later.tombstones == [removed])
        #expect(later.files.contains(snapshot.files[0]))
        let query = "SELECT p, n FROM TABLE ORDER BY n"
        #expect(try table.related(query).count == 2)
        let scanned = try table.scanned(query)
        #expect(try table.related(query) == scanned)
        #expect(try table.folder.files().allSatisfy { !$0.contains("/.") })
    }
}
