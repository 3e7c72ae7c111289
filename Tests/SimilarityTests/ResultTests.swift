import DeltaTable
import DuckDB
import TestSupport
import Testing

@Suite("Results of similarity")
struct ResultTests {
    @Test("are those of the definition, in lake, sets and file alike")
    func definition() async throws {
        let buckets = try SimilarityBuckets()
        // Deviations of one, over five intervals: z is 0.7071 above or below, never more.
        try buckets.commit(
            """
            SELECT 'I' AS indicator_id, locale, "interval", 'D' AS dimension_id, value::DOUBLE AS value
            FROM (VALUES ('US:ST:A', 'Y1', 1), ('US:ST:B', 'Y1', 3), ('US:ST:A', 'Y2', 4),
            ('US:ST:B', 'Y2', 2), ('US:ST:A', 'Y3', 9), ('US:ST:C', 'Y4', 1)) v(locale, "interval", value)
            """
        )
        _ = try await buckets.answer()

        let rows = try buckets.rows(
            of: "weighted_distances",
            """
            SELECT locale, comp_locale, correlation, adjusted_correlation, round(distance, 12),
            round(weighted_distance, 12), n_intervals, n_dimensions FROM TABLE ORDER BY ALL
            """
        ).map { row in row.map(Self.text).joined(separator: " ") }
        #expect(
            rows == [
                "US:ST:A US:ST:A 0.0 1.0 0.0 0.0 3 1",
                "US:ST:A US:ST:B 0.0 1.0 1.414213562373 1.414213562373 2 1",
                "US:ST:B US:ST:A 0.0 1.0 1.414213562373 1.414213562373 2 1",
                "US:ST:B US:ST:B 0.0 1.0 0.0 0.0 2 1",
                "US:ST:C US:ST:C 0.0 1.0 0.0 0.0 1 1",
            ]
        )

        let sets = try buckets.rows(of: "compared_sets", "SELECT members, set_id FROM TABLE")
        func list(_ names: String...) -> SQLValue { .list(names.map(SQLValue.string)) }
        #expect(sets.count == 4)
        for set in [list("Y1", "Y2", "Y3"), list("Y1", "Y2"), list("Y4"), list("D")] {
            #expect(sets.contains { $0[0] == set })
        }
        // printf 'Y1\0Y2\0' | xxhsum -H2 prints 854da5f467054bebeec2e95f00665a15.
        #expect(sets.contains([list("Y1", "Y2"), .integer(7_981_198_083_891_812_885)]))

        let file = try buckets.folder.text("buckets/results/I.csv")
        let lines = file.split(separator: "\n")
        #expect(
            lines.first == """
                indicator_id,locale,comp_locale,correlation,adjusted_correlation,distance,\
                weighted_distance,n_intervals,n_dimensions
                """
        )
        #expect(lines.count == 6)
    }

    @Test("of an indicator with one place are that place with itself")
    func onePlace() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(SimilarityBuckets.rows("A", locales: ["US", "US:ST:MN"]))
        #expect(try await buckets.answer()["pairs"] == 1)
        #expect(
            try buckets.rows(of: "weighted_distances", "SELECT correlation, distance FROM TABLE")
                == [[.double(0), .double(0)]]
        )
    }

    @Test("of an indicator without places to compare are a file with a header alone")
    func noPlace() async throws {
        let buckets = try SimilarityBuckets()
        try buckets.commit(SimilarityBuckets.rows("A", locales: ["US"]))
        #expect(try await buckets.answer()["indicators"] == 1)
        #expect(try buckets.rows(of: "weighted_distances", "FROM TABLE").isEmpty)
        #expect(try buckets.folder.text("buckets/results/A.csv").split(separator: "\n").count == 1)
        #expect(try await buckets.answer()["indicators"] == 0)
        try buckets.commit(nil, replacing: ["A"])
        #expect(try await buckets.answer()["removed"] == 1)
        #expect(try buckets.folder.files(in: "buckets/results").isEmpty)
    }

    @Test("count the greatest of repeated values, and leave out what is incomplete")
    func repeatedAndIncomplete() async throws {
        let buckets = try SimilarityBuckets()
        let base = SimilarityBuckets.rows("A")
        let lower =
            "SELECT indicator_id, locale, \"interval\", dimension_id, value - 1 FROM (\(base))"
        try buckets.commit(
            """
            \(base) UNION ALL \(lower) WHERE locale = 'US:ST:MN'
            UNION ALL SELECT 'A', 'US:ST:IA', NULL, 'D0', 1
            UNION ALL SELECT 'A', 'US:ST:IA', 'Y1:2000', 'D0', 'nan'
            UNION ALL SELECT 'A', 'US:ST:IA', 'Y1:2000', 'D0', 'inf'
            """
        )
        let answer = try await buckets.answer()
        #expect(answer["repeated"] == 12)
        #expect(answer["ignored"] == 3)

        let plain = try SimilarityBuckets()
        try plain.commit(base)
        _ = try await plain.answer()
        #expect(
            try buckets.rows(of: "weighted_distances", "FROM TABLE")
                == plain.rows(of: "weighted_distances", "FROM TABLE")
        )
    }

    @Test("lie in the files in the order given")
    func order() async throws {
        let buckets = try SimilarityBuckets()
        let locales = (10..<60).map { "US:CO:270\($0)" }
        try buckets.commit(SimilarityBuckets.rows("A", locales: locales))
        #expect(try await buckets.answer()["pairs"] == 2_500)
        let pairs = try buckets.rows(of: "weighted_distances", "FROM TABLE")
        #expect(
            try pairs
                == buckets.rows(
                    of: "weighted_distances",
                    "FROM TABLE ORDER BY locale, weighted_distance, comp_locale"
                )
        )
        let distances = try buckets.rows(of: "distances_over_time", "FROM TABLE")
        #expect(distances.count == 15_000)
        #expect(
            try distances
                == buckets.rows(
                    of: "distances_over_time",
                    "FROM TABLE ORDER BY locale, comp_locale, \"interval\""
                )
        )
    }

    @Test("are refused where a column is missing or the values are no numbers")
    func missingColumn() async throws {
        let buckets = try SimilarityBuckets()
        let columns = SimilarityBuckets.columns.filter { $0.name != "interval" }
        try buckets.commit(SimilarityBuckets.rows("A"), columns: columns)
        let end = try await buckets.run()
        #expect(end.code == 65)
        #expect(end.errors.contains("MissingColumn"))
        #expect(end.errors.contains("indicator_id, locale, interval, dimension_id, value"))
        #expect(end.errors.contains("indicator_id, locale, dimension_id, value"))

        let texts = try SimilarityBuckets()
        try texts.commit(
            SimilarityBuckets.rows("A"),
            columns: SimilarityBuckets.columns.dropLast() + [.init(name: "value", type: .string)]
        )
        #expect(try await texts.run().code == 65)
    }

    private static func text(_ value: SQLValue) -> String {
        value.string ?? value.int.map(String.init) ?? value.double.map { "\($0)" } ?? "null"
    }
}
