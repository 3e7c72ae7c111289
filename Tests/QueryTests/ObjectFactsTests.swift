import DuckDB
import Events
import FoundationEssentials
import HandlerRuntime
import TableFacts
import TestSupport
import Testing

@Suite("What lake and warehouse know of an object")
struct ObjectFactsTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func up() async throws {
        let end = try await run(
            builtProgram(named: "sluice"),
            ["up", "--once"],
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
    }

    private func facts(_ object: String, table: String = "t") async throws -> TableFacts {
        let end = try await run(
            builtProgram(named: "sluice-sql"),
            ["object", object, "--table", table],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
        return try JSONDecoder().decode(TableFacts.self, from: end.output)
    }

    @Test("names the rows of each object also where one file holds those of several")
    func mixedFile() async throws {
        for (name, rows) in [("a", 1), ("a.csv", 2), ("b", 3)] {
            let text = (1...rows).map { "\($0)\n" }.joined()
            try folder.write("id\n" + text, to: "buckets/stage-1/t/\(name)")
        }
        try await up()
        for (name, rows) in [("a", Int64(1)), ("a.csv", 2), ("b", 3)] {
            let found = try #require(try await facts("stage-1/t/\(name)").rows)
            #expect(found.lake.present.map(\.rows) == [rows])
            #expect(found.lake.commits.map(\.rows) == [rows])
            // As many versions as the daemon made batches of them.
            #expect(found.lake.commits.count == 1)
            #expect(found.lake.accepted == found.lake.commits.map(\.sequencer))
            #expect(found.warehouse.present.map(\.rows) == [rows])
            #expect(found.warehouse.loads.map(\.status) == ["loaded"])
        }
        let none = try #require(try await facts("stage-1/t/c").rows)
        #expect(none.lake.version != nil)
        #expect(none.lake.present.isEmpty && none.lake.commits.isEmpty)
        #expect(none.warehouse.loads.isEmpty)
    }

    @Test("knows all versions of a key in mode upsert, and which rows are left of each")
    func upsert() async throws {
        let settings = #"{"tables":{"t":{"mode":"upsert","keys":["id"]}}}"#
        try folder.write(settings, to: "functions.json")
        try folder.write("id,v\n1,a\n2,a\n", to: "buckets/stage-1/t/x.csv")
        try await up()
        try folder.write("id,v\n2,b\n3,b\n", to: "buckets/stage-1/t/x.csv")
        try await up()
        let found = try #require(try await facts("stage-1/t/x.csv").rows)
        #expect(found.lake.accepted.count == 2)
        #expect(found.lake.commits.map(\.version) == [0, 1])
        #expect(found.lake.present.map(\.rows) == [1, 2])
        #expect(found.warehouse.present.map(\.rows) == [1, 2])
    }

    @Test("says that there is no table yet, and that somebody else has the warehouse")
    func problems() async throws {
        try folder.write("", to: "buckets/stage-1/t/.keep")
        let none = try #require(try await facts("stage-1/t/a").rows)
        #expect(none.lake.version == nil && none.lake.problem == nil)
        #expect(!none.warehouse.exists && none.warehouse.problem == nil)

        let path = folder.path("buckets/warehouse.duckdb")
        _ = try Database(path: path).connect()
        let lock = try WarehouseLock(path, mode: .writing, purpose: "test", patience: .zero)
        let held = try #require(try await facts("stage-1/t/a").rows)
        #expect(held.warehouse.problem?.contains("is in use by process") == true)
        lock.release()
    }

    @Test("knows what a commit did and what a data file holds, also one that left the table")
    func lakeObjects() async throws {
        try folder.write("id\n1\n", to: "buckets/stage-1/t/x.csv")
        try await up()
        let first = try #require(
            try folder.files(in: "buckets/lake/t").first { $0.hasSuffix(".parquet") }
        )
        try folder.write("id\n1\n2\n", to: "buckets/stage-1/t/x.csv")
        try await up()
        let commit = try #require(
            try await facts("lake/t/_delta_log/00000000000000000001.json").commit
        )
        #expect(commit.version == 1 && commit.newest == 1)
        #expect(commit.added == 1 && commit.removed == 1 && commit.rows == 2)
        #expect(commit.sources.map(\.object) == ["stage-1/t/x.csv"])
        let file = try #require(try await facts("lake/t/\(first)").file)
        #expect(file.addedIn == 0 && file.removedIn == 1 && !file.isPresent)
        let second = try #require(
            try folder.files(in: "buckets/lake/t").first {
                $0.hasSuffix(".parquet") && $0 != first
            }
        )
        let present = try #require(try await facts("lake/t/\(second)").file)
        #expect(present.isPresent && present.addedIn == 1)
        #expect(present.sources.map(\.rows) == [2])
        let missing = try #require(
            try await facts("lake/t/_delta_log/00000000000000000007.json").commit
        )
        #expect(missing.problem != nil)
    }
}
