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
