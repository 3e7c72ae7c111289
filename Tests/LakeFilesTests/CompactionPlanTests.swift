import DeltaTable
import LakeFiles
import Testing

@Suite("A plan to join small files")
struct CompactionPlanTests {
    private static let schema = DeltaSchema(["id": .long, "part": .string])

    @Test("joins files of one partition, and leaves alone what would not become fewer")
    func partitions() throws {
        let table = try LakeTable()
        for number in 0..<3 {
            try Self.append("VALUES (\(number), 'p'), (\(number), NULL)", to: table)
        }
        try Self.append("VALUES (7, 'alone'), (8, '')", to: table)
        let plan = try Self.plan(table)
        #expect(plan.batches.count == 1)
        let values = plan.batches.joined().map { $0.partitionValues["part"] ?? nil }
        #expect(values.filter { $0 == "p" }.count == 3)
        // An empty text is null in a partition column.
        #expect(values.filter { $0 == nil }.count == 4)
        #expect(values.count == 7)
        #expect(try Self.plan(table, leastGain: 3).batches.joined().count == 4)
        #expect(try Self.plan(table, leastGain: 4).batches.isEmpty)
    }

    @Test("passes over files that are large enough, and batches that would come out as they are")
    func sizes() throws {
        let table = try LakeTable()
        for number in 0..<6 { try Self.append("VALUES (\(number), 'p')", to: table) }
        let size = try #require(try table.snapshot()?.files.first?.size)
        #expect(try Self.plan(table, target: size).batches.isEmpty)
        // Two files of two thirds would be two files again.
        let pair = try LakeTable()
        for number in 0..<2 { try Self.append("VALUES (\(number), 'p')", to: pair) }
        #expect(try Self.plan(pair, target: size * 3 / 2).batches.isEmpty)
        #expect(try Self.plan(pair, target: size * 2).batches.map(\.count) == [2])
    }

    @Test("parts what is more than four files of the size aimed at into several batches")
    func batches() throws {
        let table = try LakeTable()
        for number in 0..<9 { try Self.append("VALUES (\(number), 'p')", to: table) }
        let size = try #require(try table.snapshot()?.files.map(\.size).max())
        let plan = try Self.plan(table, target: size)
        #expect(plan.batches.isEmpty)
        let target = size * 3 / 2
        let batches = try Self.plan(table, target: target).batches
        #expect(batches.count == 2)
        for batch in batches { #expect(batch.reduce(0) { $0 + $1.size } <= 4 * target) }
        let paths = batches.joined().map(\.path)
        #expect(Set(paths).count == paths.count)
    }

    private static func append(_ rows: String, to table: LakeTable) throws {
        try table.append(
            "SELECT * FROM (\(rows)) v(id, part)",
            schema: schema,
            partitionedBy: ["part"]
        )
    }

    private static func plan(
        _ table: LakeTable,
        target: Int64 = 128 << 20,
        leastGain: Int = 1
    ) throws -> CompactionPlan {
        try CompactionPlan(
            try #require(try table.snapshot()),
            targetFileSize: target,
            leastGain: leastGain,
            on: table.connection
        )
    }
}
