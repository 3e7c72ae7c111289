import DeltaTable
import DuckDB
import LakeFiles
import Testing

@Suite("Mode replace_partitions in the lake")
final class PartitionTests {
    private let flow: HandFlow
    private let database: Database
    private let log: DeltaLog

    init() throws {
        flow = try HandFlow(settings: TableMode.replacePartitions.settings)
        database = try Database()
        log = DeltaLog(table: flow.path("buckets/lake/t"))
    }

    private func snapshot() throws -> Snapshot {
        try #require(try log.snapshot(using: DuckDBCheckpoints(database)))
    }

    private func convert(_ name: String, _ rows: Row...) async throws -> HandFlow.Version {
        let version = try await flow.split(name, rows)
        try await flow.crawl([version])
        try await flow.invoke("convert", [version])
        return version
    }

    @Test("leaves the files of other partitions alone")
    func touchesOnlyItsPartitions() async throws {
        _ = try await convert(
            "a",
            Row(id: "1", part: "p", value: "1"),
            Row(id: "2", part: "q", value: "2"),
            Row(id: "3", part: "", value: "3")
        )
        let before = try snapshot().files.filter { $0.partitionValues["part"] == "q" }
        _ = try await convert(
            "b",
            Row(id: "4", part: "p", value: "4"),
            Row(id: "5", part: "", value: "5")
        )
        let after = try snapshot()
        #expect(after.files.count == 3)
        #expect(after.files.filter { $0.partitionValues["part"] == "q" } == before)
        #expect(after.tombstones.map { $0.partitionValues?["part"] ?? nil } == [nil, "p"])
    }

    @Test("keeps rows of other programs, also in files without statistics")
    func keepsForeignRows() async throws {
        let first = try await convert("a", Row(id: "1", part: "p", value: "1"))
        let old = try snapshot()
        // A program that writes one's own rows and ours into one file, as a compaction does.
        let writer = LakeWriter(table: log.table, schema: old.schema, partitionColumns: ["part"])
        let rows = LakeRelation.query(of: old, table: log.table)
        let compacted = try writer.write(
            "\(rows) UNION ALL BY NAME SELECT 99 AS id, 'p' AS part, 7 AS value",
            on: try database.connect(),
            now: 1
        )
        let actions =
            old.files.map { DeltaAction.remove($0.removed(at: 1)) }
            + compacted.adds.map { add in
                DeltaAction.add(
                    AddFile(
                        path: add.path,
                        partitionValues: add.partitionValues,
                        size: add.size,
                        modificationTime: 1
                    )
                )
            }
        try #require(try log.commit(actions, as: old.version + 1) == .committed)

        let second = try await convert("b", Row(id: "2", part: "p", value: "2"))
        #expect(
            try await flow.rows(of: "lake.t")
                == ["2,p,2,\(second.source),\(second.sequencer)", "99,p,7,,"]
        )
        #expect(first.sequencer < second.sequencer)
    }
}
