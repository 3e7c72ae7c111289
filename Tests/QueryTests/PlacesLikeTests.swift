import DeltaTable
import DuckDB
import LakeFiles
import TestSupport
import Testing

@Suite("The saved query places-like")
struct PlacesLikeTests {
    /// Results of similarity: the indicators `A` and, if asked for, `B` with places of its own.
    private func results(_ indicators: [String] = ["A"]) throws -> QueryBuckets {
        let buckets = try QueryBuckets()
        let schema = DeltaSchema([
            DeltaField(name: "indicator_id", type: .string),
            DeltaField(name: "locale", type: .string),
            DeltaField(name: "comp_locale", type: .string),
            DeltaField(name: "correlation", type: .double),
            DeltaField(name: "distance", type: .double),
            DeltaField(name: "weighted_distance", type: .double),
            DeltaField(name: "n_intervals", type: .integer),
            DeltaField(name: "n_dimensions", type: .integer),
        ])
        let rows = indicators.map { indicator in
            """
            SELECT '\(indicator)' AS indicator_id, a.place AS locale, b.place AS comp_locale,
                0.5 AS correlation, abs(a.x - b.x) AS distance,
                0.75 * abs(a.x - b.x) AS weighted_distance, 19::INT AS n_intervals,
                11::INT AS n_dimensions
            FROM (VALUES ('US:ST:MN', 0), ('US:ST:WI', 4), ('US:ST:IA', 8), ('US:ST:TX', 20)) a(place, x),
                (VALUES ('US:ST:MN', 0), ('US:ST:WI', 4), ('US:ST:IA', 8), ('US:ST:TX', 20)) b(place, x)
            """
        }
        let path = buckets.folder.path("buckets/lake/weighted_distances")
        let parts = ["indicator_id"]
        let files = try LakeWriter(table: path, schema: schema, partitionColumns: parts)
            .write(rows.joined(separator: " UNION ALL "), on: Database().connect(), now: 0)
        let metadata = Metadata(id: "x", schema: schema, partitionColumns: parts)
        let start: [DeltaAction] = [.tableProtocol(.ours), .metadata(metadata)]
        let outcome = try DeltaLog(table: path)
            .commit(start + files.adds.map(DeltaAction.add), as: 0)
        guard outcome == .committed else { throw DuckDBError(step: "prepare", message: "conflict") }
        return buckets
    }

    @Test("tells the nearest places of the only indicator, and never the place itself")
    func nearest() async throws {
        let end = try await results().ask("@places-like", "US:ST:MN", "--set", "most=2")
        #expect(
            end.text == """
                comp_locale,weighted_distance,distance,correlation,n_intervals,n_dimensions
                US:ST:WI,3.0,4.0,0.5,19,11
                US:ST:IA,6.0,8.0,0.5,19,11

                """
        )
        #expect(end.code == 0)
    }

    @Test("takes its values in the order in which it is listed with")
    func inOrder() async throws {
        let buckets = try results(["A", "B"])
        let end = try await buckets.ask("@places-like", "US:ST:TX", "B", "1")
        #expect(end.text.hasSuffix("\nUS:ST:IA,9.0,12.0,0.5,19,11\n"), "\(end.text)\(end.errors)")
        let list = try await buckets.ask("--list")
        #expect(list.text.contains("(place, indicator, most bigint = 10)"))
    }

    @Test("draws weighted distances")
    func chart() async throws {
        let buckets = try results()
        let end = try await run(
            builtProgram(named: "sluice-sql"),
            ["query", "--chart", "bar", "@places-like", "US:ST:MN"],
            environment: ["COLUMNS": "34"],
            folder: buckets.folder.path
        )
        #expect(
            end.text == """
                US:ST:WI   3  ████
                US:ST:IA   6  ████████
                US:ST:TX  15  ████████████████████

                """
        )
    }

    @Test(
        "says what there is where a value is missing or unknown",
        arguments: [
            (["US:ST:XN", "A"], "A has no place `US:ST:XN`; near are US:ST:MN"),
            (["mn", "A"], "near are US:ST:MN, "), (["US:ST:MN"], "there are A, B"),
            (["US:ST:MN", "C"], "no result of the indicator `C`; there are A, B"),
            ([], "there are A, B"), (["--set", "indicator=A"], "--set place=VALUE"),
            (["US:ST:MN", "A", "1", "2"], "`2` is a value too many"),
            (["US:ST:MN", "--set", "place=US:ST:WI"], "place has a value already: `US:ST:MN`"),
        ]
    )
    func refusals(values: [String], words: String) async throws {
        let buckets = try results(["A", "B"])
        let end = try await run(
            builtProgram(named: "sluice-sql"),
            ["query", "@places-like"] + values,
            folder: buckets.folder.path
        )
        #expect(end.code == 2)
        #expect(end.errors.contains(words), "\(end.errors)")
        #expect(end.text.isEmpty)
    }

    @Test("says what to do before there are results")
    func noResults() async throws {
        let end = try await QueryBuckets().ask("@places-like", "US:ST:MN")
        #expect(end.code == 1)
        #expect(end.errors.contains("no results of similarity yet"))
    }

    @Test("gives way to a file of its name")
    func replaced() async throws {
        let buckets = try results()
        try buckets.folder.write("SELECT 5 AS five", to: "queries/places-like.sql")
        #expect(try await buckets.ask("@places-like").text == "five\n5\n")
        #expect(try await buckets.ask("@").text == "places-like\n")
    }
}
