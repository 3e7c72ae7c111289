import DeltaTable
import DuckDB
import FoundationEssentials
import LakeFiles
import LakeQuery
import TestSupport
import Testing

@Suite("A query of a past state")
struct AsOfTests {
    /// `people` of 2024-01-01, -02 and -03 at noon, `places` of 2024-01-02 at midnight.
    private func buckets() throws -> QueryBuckets {
        let buckets = try QueryBuckets()
        try buckets.folder.remove("buckets/lake/people")
        let day: Int64 = 86_400_000
        let noon = 19_723 * day + day / 2
        for version in 0..<3 {
            let time = noon + Int64(version) * day
            try buckets.add("SELECT \(version) AS id, 'x' AS city", at: time)
        }
        try buckets.add("SELECT 9 AS id, 'y' AS city", to: "places", at: 19_724 * day)
        return buckets
    }

    @Test(
        "reads the version or the newest one of that time",
        arguments: [
            ("0", "1"), ("2", "3"), ("2024-01-01", "1"), ("2024-01-02T11:59", "1"),
            ("2024-01-02 12:00", "2"), ("2024-01-02T12:00:00Z", "2"),
            ("2024-01-02T13:00:00.000+01:00", "2"), ("2024-01-02T12:59:59+01:00", "1"),
            ("2030-12-31", "3"),
        ]
    )
    func past(asOf: String, count: String) async throws {
        let end = try await buckets().ask(
            "SELECT count(*) AS n, '2' AS places FROM people",
            "--as-of",
            asOf
        )
        #expect(end.text == "n,places\n\(count),2\n")
        #expect(end.errors.isEmpty)
    }

    @Test("reads several tables as they were at one time")
    func several() async throws {
        let buckets = try buckets()
        let sql = "SELECT count(*) AS n FROM people, places"
        #expect(try await buckets.ask(sql, "--as-of", "2024-01-02T12:00").text == "n\n2\n")
        let version = try await buckets.ask(sql, "--as-of", "0")
        #expect(version.code == 2)
        #expect(version.errors.contains("people, places; give --as-of a time"))
        let early = try await buckets.ask(sql, "--as-of", "2024-01-01")
        #expect(early.code == 1)
        #expect(early.errors.contains("lake.places has no version of 2024-01-01T23:59:59.999Z"))
    }

    @Test(
        "says which versions there are",
        arguments: [
            (
                "3",
                "there are versions 0 (2024-01-01T12:00:00.000Z) to 2 (2024-01-03T12:00:00.000Z)"
            ),
            ("2023-12-31", "there are versions 0 (2024-01-01T12"),
            ("2024-02-30", "neither a version nor a time"), ("yesterday", "write 3, 2026-01-31"),
            ("-1", "neither"), ("2024-01-01T12:00:00+", "neither"), ("2024-1-1", "neither"),
        ]
    )
    func refusals(asOf: String, words: String) async throws {
        let end = try await buckets().ask("FROM people", "--as-of=\(asOf)")
        #expect(end.code == (words.hasPrefix("there") ? 1 : 2))
        #expect(end.errors.contains(words), "\(end.errors)")
    }

    @Test("is refused where versions, their files or the warehouse's past are gone")
    func gone() async throws {
        let buckets = try buckets()
        let path = buckets.folder.path("buckets/lake/people")
        let log = DeltaLog(table: path)
        let database = try Database()
        let second = try #require(try log.snapshot(at: 1, using: DuckDBCheckpoints(database)))
        try log.writeCheckpoint(of: second, now: 0, using: DuckDBCheckpoints(database))
        for version in 0...1 {
            try buckets.folder.remove(
                "buckets/lake/people/_delta_log/0000000000000000000\(version).json"
            )
        }
        let early = try await buckets.ask("FROM people", "--as-of", "0")
        #expect(early.errors.contains("version 0 of lake.people is gone from its log; there are"))
        #expect(early.errors.contains("versions 1 to 2 (2024-01-03"))
        #expect(try await buckets.ask("FROM people", "--as-of", "1").code == 0)
        try FileManager.default.removeItem(atPath: "\(path)/\(second.files[0].filePath)")
        let torn = try await buckets.ask("FROM people", "--as-of", "1")
        #expect(torn.code == 1)
        #expect(torn.errors.contains("1 of its 2 data files are gone"))
        let warehouse = try await buckets.ask("FROM warehouse.t", "--as-of", "1")
        #expect(warehouse.code == 2)
        #expect(warehouse.errors.contains("the warehouse keeps no older versions"))
        let named = try await buckets.ask("SELECT 1 AS warehouse FROM people", "--as-of", "1")
        #expect(named.errors.contains("data files are gone"))
    }
}
