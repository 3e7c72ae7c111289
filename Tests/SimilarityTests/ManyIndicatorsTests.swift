import DuckDB
import TestSupport
import Testing

@Suite("Many and large indicators")
struct ManyIndicatorsTests {
    /// Rows of so many indicators, and values that no two of them share.
    private static func rows(_ count: Int) -> String {
        (0..<count).map { SimilarityBuckets.rows("I\($0)", factor: $0 + 1) }
            .joined(separator: " UNION ALL ")
    }

    private static let pairs = "FROM TABLE ORDER BY ALL"

    @Test(
        "of one commit have the results that each has alone, parted or not",
        arguments: [true, false]
    )
    func manyAtOnce(isParted: Bool) async throws {
        let partitions = isParted ? ["indicator_id"] : []
        let buckets = try SimilarityBuckets()
        try buckets.commit(Self.rows(150), partitions: partitions)
        let answer = try await buckets.answer()
        #expect(answer["indicators"] == 150)
        // Two states, and a county by itself.
        #expect(answer["pairs"] == 150 * 5)

        for number in [0, 77, 149] {
            let alone = try SimilarityBuckets()
            try alone.commit(SimilarityBuckets.rows("I\(number)", factor: number + 1))
            _ = try await alone.answer()
            for table in ["weighted_distances", "distances_over_time", "compared_sets"] {
                #expect(
                    try alone.rows(of: table, Self.pairs)
                        == buckets.rows(
                            of: table,
                            "FROM TABLE WHERE indicator_id = 'I\(number)' ORDER BY ALL"
                        ),
                    "\(table) of I\(number)"
                )
            }
            #expect(
                try alone.folder.text("buckets/results/I\(number).csv")
                    == buckets.folder.text("buckets/results/I\(number).csv")
            )
        }
    }

    @Test("that are killed go on after their last commit, and nothing is left over")
    func killed() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(Self.rows(400))
        let run = try buckets.start()
        try await eventually { try buckets.version(of: "weighted_distances") != nil }
        run.send(9)
        _ = await run.end()
        let done = try buckets.indicators(in: "weighted_distances").count
        #expect(done > 0)
        let answer = try await buckets.answer()
        #expect(answer["indicators"] == 400 - done)
        #expect(try buckets.indicators(in: "weighted_distances").count == 400)
        #expect(try buckets.indicators(in: "compared_sets").count == 400)
        #expect(try buckets.strayFiles().isEmpty)
    }

    @Test("with more rows than are read at once keep the nearest places")
    func large() async throws {
        let buckets = try SimilarityBuckets(settings: #"{"topK": 2, "file": false}"#)
        let locales = (0..<1_200).map { "US:CO:\(10_000 + $0)" }
        try buckets.commit(SimilarityBuckets.rows("L", locales: locales, intervals: 30))
        let answer = try await buckets.answer()
        #expect(answer["pairs"] == 1_200 * 3)
        #expect(try buckets.folder.files(in: "buckets/results").isEmpty)

        // The definition once more in SQL, for one place; nothing is missing.
        let expected = try buckets.rows(
            of: "indicators",
            """
            WITH z AS (
                SELECT locale, "interval", dimension_id, (value - avg(value) OVER c)
                    / nullif(stddev_samp(value) OVER c, 0) AS z FROM TABLE
                WINDOW c AS (PARTITION BY "interval", dimension_id)
            ), met AS (
                SELECT b.locale AS other, a."interval", a.dimension_id, coalesce(a.z, 0) AS x,
                    coalesce(b.z, 0) AS y
                FROM z a JOIN z b USING ("interval", dimension_id) WHERE a.locale = 'US:CO:10500'
            ), d AS (
                SELECT other, avg(d) AS distance FROM (
                    SELECT other, sqrt(sum((x - y) ** 2)) AS d FROM met GROUP BY other, "interval"
                ) GROUP BY other
            ), r AS (
                SELECT other, avg(r) AS correlation FROM (
                    SELECT other, if(var_pop(x) > 1e-12 AND var_pop(y) > 1e-12, corr(x, y), 0) AS r
                    FROM met GROUP BY other, dimension_id
                ) GROUP BY other
            )
            SELECT round((1 - correlation / 2) * distance, 9) FROM d JOIN r USING (other)
            ORDER BY (1 - correlation / 2) * distance, other LIMIT 3
            """
        )
        let found = try buckets.rows(
            of: "weighted_distances",
            """
            SELECT round(weighted_distance, 9) FROM TABLE WHERE locale = 'US:CO:10500'
            ORDER BY weighted_distance
            """
        )
        #expect(found == expected)
    }

    @Test("come as well with little memory, in bands", arguments: [32, 64])
    func littleMemory(mebibytes: Int) async throws {
        let locales = (0..<700).map { "US:CO:\(10_000 + $0)" }
        let plain = try SimilarityBuckets(settings: #"{"file": false}"#)
        let small = try SimilarityBuckets(settings: #"{"file": false}"#, memory: mebibytes)
        for buckets in [plain, small] {
            try buckets.commit(SimilarityBuckets.rows("M", locales: locales))
            #expect(try await buckets.answer()["pairs"] == 490_000)
        }
        let digest = "SELECT count(*), bit_xor(hash(columns(*))) FROM TABLE"
        #expect(
            try small.rows(of: "weighted_distances", digest)
                == plain.rows(of: "weighted_distances", digest)
        )
    }
}
