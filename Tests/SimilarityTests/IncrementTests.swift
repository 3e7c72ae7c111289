import DuckDB
import TestSupport
import Testing

@Suite("The handler similarity")
struct IncrementTests {
    @Test("computes every indicator once, and nothing when it is run again")
    func runsTwice() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(
            "\(SimilarityBuckets.rows("A:1")) UNION ALL \(SimilarityBuckets.rows("B"))"
        )

        // Two states compared with each other, one county alone, the nation with nothing.
        #expect(
            try await buckets.answer() == [
                "version": 0, "indicators": 2, "removed": 0, "pairs": 10, "repeated": 0,
                "ignored": 0,
            ]
        )
        for table in ["weighted_distances", "distances_over_time", "compared_sets"] {
            #expect(try buckets.indicators(in: table) == ["A:1", "B"])
            #expect(try buckets.version(of: table) == 0)
        }
        #expect(try buckets.folder.files(in: "buckets/results") == ["A%3A1.csv", "B.csv"])

        #expect(try await buckets.answer()["indicators"] == 0)
        for table in ["weighted_distances", "distances_over_time", "compared_sets"] {
            #expect(try buckets.version(of: table) == 0)
        }
        #expect(
            try buckets.folder.files(in: "buckets/.sluice").filter { !$0.hasSuffix("/lock") } == [
                "similarity.lock"
            ]
        )
    }

    @Test("recomputes only the indicator whose data changed")
    func recomputesChanged() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(
            "\(SimilarityBuckets.rows("A")) UNION ALL \(SimilarityBuckets.rows("B"))"
        )
        _ = try await buckets.answer()
        let before = try Self.distances(buckets)

        try buckets.commit(SimilarityBuckets.rows("B", factor: 5), replacing: ["B"])
        #expect(try await buckets.answer()["indicators"] == 1)

        let after = try Self.distances(buckets)
        #expect(after.filter { $0[0] == .string("A") } == before.filter { $0[0] == .string("A") })
        #expect(after.filter { $0[0] == .string("B") } != before.filter { $0[0] == .string("B") })
        #expect(after.count == before.count)
    }

    @Test("takes rearranged rows for no change")
    func rearranged() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(SimilarityBuckets.rows("A"))
        _ = try await buckets.answer()
        try buckets.commit(SimilarityBuckets.rows("A"), replacing: ["A"], dataChange: false)

        #expect(try await buckets.answer()["indicators"] == 0)
        #expect(try buckets.version(of: "weighted_distances") == 0)
    }

    @Test("takes the results of an indicator away that is gone")
    func vanished() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(
            "\(SimilarityBuckets.rows("A")) UNION ALL \(SimilarityBuckets.rows("B"))"
        )
        _ = try await buckets.answer()
        try buckets.commit(nil, replacing: ["A"])

        let answer = try await buckets.answer()
        #expect(answer["removed"] == 1)
        #expect(answer["indicators"] == 0)
        for table in ["weighted_distances", "distances_over_time", "compared_sets"] {
            #expect(try buckets.indicators(in: table) == ["B"])
        }
        #expect(try buckets.folder.files(in: "buckets/results") == ["B.csv"])
        #expect(try await buckets.answer()["removed"] == 0)
    }

    @Test("computes all anew when the settings change, and drops what they no longer ask for")
    func settings() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(
            "\(SimilarityBuckets.rows("A")) UNION ALL \(SimilarityBuckets.rows("B"))"
        )
        _ = try await buckets.answer()

        try buckets.configure(#"{"perInterval": false}"#)
        let answer = try await buckets.answer()
        #expect(answer["indicators"] == 2)
        #expect(answer["pairs"] == 10)
        #expect(try buckets.indicators(in: "distances_over_time").isEmpty)
        #expect(try await buckets.answer()["indicators"] == 0)
    }

    @Test("finds what changed in a table that is not parted by indicator")
    func unparted() async throws {
        let buckets = try SimilarityBuckets()
        func add(_ select: String) throws {
            try buckets.commit(select, partitions: ["dimension_id"])
        }
        try add("\(SimilarityBuckets.rows("A")) UNION ALL \(SimilarityBuckets.rows("B"))")
        #expect(try await buckets.answer()["pairs"] == 10)
        try add(SimilarityBuckets.rows("B", locales: ["US:ST:IA"]))
        let answer = try await buckets.answer()
        #expect(answer["indicators"] == 1)
        #expect(answer["pairs"] == 10)
    }

    @Test("keeps nothing of a run that was killed, and completes it at the next")
    func killed() async throws {
        // The table of pairs cannot be committed to: everything before it is there.
        let buckets = try SimilarityBuckets()
        try buckets.commit(SimilarityBuckets.rows("A"))
        try buckets.folder.write("a file", to: "buckets/lake/weighted_distances/_delta_log")
        #expect(try await buckets.run().code == 1)
        #expect(try buckets.version(of: "compared_sets") == 0)

        _ = try await run(
            "/bin/rm",
            [buckets.folder.path("buckets/lake/weighted_distances/_delta_log")]
        )
        #expect(try await buckets.answer()["indicators"] == 1)
        #expect(try buckets.rows(of: "compared_sets", "FROM TABLE").count == 2)
        #expect(try Self.distances(buckets).count == 5)
    }

    private static func distances(_ buckets: SimilarityBuckets) throws -> [[SQLValue]] {
        try buckets.rows(of: "weighted_distances", "FROM TABLE ORDER BY ALL")
    }
}
