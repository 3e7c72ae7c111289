import DeltaTable
import FoundationEssentials
import TestSupport
import Testing

@Suite("A derived table")
struct RefreshTests {
    private static let live = #"{"live": {"from": ["calls"], "query": "live.sql"}}"#
    private static let counts = "SELECT zip, count(*) AS n FROM calls GROUP BY zip"

    private func buckets() throws -> DeriveBuckets {
        let buckets = try DeriveBuckets(Self.live, queries: ["live.sql": Self.counts])
        try buckets.commit("SELECT unnest([1, 1, 2]) AS zip", to: "calls")
        return buckets
    }

    @Test("holds what its query gives, and is replaced as a whole")
    func isReplaced() async throws {
        let buckets = try buckets()
        #expect(try await buckets.answer("calls") == ["live derived 0"])
        #expect(try buckets.rows(of: "live") == ["1 2", "2 1"])
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        #expect(try await buckets.answer("calls") == ["live derived 1"])
        #expect(try buckets.rows(of: "live") == ["1 2", "2 2"])
        let snapshot = try buckets.snapshot(of: "live")
        #expect(snapshot.transactions["derive/calls"] == 1)
        #expect(snapshot.files.count == 1)
    }

    @Test("is made when a person asks for it by name, or for all")
    func isAskedFor() async throws {
        let buckets = try buckets()
        let all = try await buckets.run(event: Data("{}".utf8))
        #expect(try DeriveBuckets.answers(all) == ["live derived 0"])
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        let one = try await buckets.run(event: Data(#"{"tables": ["live"]}"#.utf8))
        #expect(try DeriveBuckets.answers(one) == ["live derived 1"])
        let other = try await buckets.run(event: Data(#"{"tables": ["calls"]}"#.utf8))
        #expect(other.code == 65)
        #expect(other.errors.contains("calls has no `query`"))
    }

    @Test("is left alone while nothing that it is made of changes")
    func isLeftAlone() async throws {
        let buckets = try buckets()
        _ = try await buckets.answer("calls")
        #expect(try await buckets.answer("calls") == ["live current 0"])
        #expect(try buckets.version(of: "live") == 0)
    }

    @Test("is left alone when rows of a source were only rearranged")
    func isLeftAloneByJoins() async throws {
        let buckets = try buckets()
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        _ = try await buckets.answer("calls")
        try buckets.join("calls")
        #expect(try await buckets.answer("calls") == ["live current 0"])
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        try buckets.join("calls")
        #expect(try await buckets.answer("calls") == ["live derived 1"])
        #expect(try buckets.rows(of: "live") == ["1 2", "2 3"])
        #expect(try buckets.snapshot(of: "live").transactions["derive/calls"] == 4)
    }

    @Test("is made anew when its query changes")
    func queryChanges() async throws {
        let buckets = try buckets()
        _ = try await buckets.answer("calls")
        try buckets.folder.write("SELECT count(*) AS n, 'x' AS t FROM calls", to: "live.sql")
        #expect(try await buckets.answer("calls") == ["live derived 1"])
        #expect(try buckets.rows(of: "live") == ["3 x"])
        #expect(try buckets.snapshot(of: "live").schema.fields.map(\.name) == ["n", "t"])
    }

    @Test("is made anew when a source is another table of that name")
    func sourceIsRebuilt() async throws {
        let buckets = try buckets()
        try buckets.commit("SELECT 2 AS zip", to: "calls")
        _ = try await buckets.answer("calls")
        try buckets.folder.remove("buckets/lake/calls")
        try buckets.commit("SELECT 9 AS zip", to: "calls")
        // The same name, and an older version than before.
        let text = try buckets.folder.text(
            "buckets/lake/calls/_delta_log/00000000000000000000.json"
        )
        try buckets.folder.write(
            text.replacing(#""id":"calls""#, with: #""id":"other""#),
            to: "buckets/lake/calls/_delta_log/00000000000000000000.json"
        )
        #expect(try await buckets.answer("calls") == ["live derived 1"])
        #expect(try buckets.rows(of: "live") == ["9 1"])
    }

    @Test("waits for a source that does not exist yet, and leaves `_source` and `_seq` out")
    func waits() async throws {
        let buckets = try DeriveBuckets(
            #"{"both": {"from": ["calls", "zones"], "query": "both.sql"}}"#,
            queries: ["both.sql": "SELECT * FROM calls JOIN zones USING (zip);\n-- the end\n"]
        )
        try buckets.commit("SELECT 1 AS zip, 'x' AS _source, 7::BIGINT AS _seq", to: "calls")
        #expect(try await buckets.answer("calls") == ["both waiting"])
        #expect(try buckets.version(of: "both") == nil)
        try buckets.commit("SELECT 1 AS zip, 'north' AS name", to: "zones")
        #expect(try await buckets.answer("zones") == ["both derived 0"])
        #expect(try buckets.rows(of: "both") == ["1 north"])
    }

    @Test("may be made of derived ones, has partitions and an order, and may be empty")
    func chain() async throws {
        let buckets = try DeriveBuckets(
            """
            {"top": {"from": ["live"], "query": "top.sql", "partitionBy": ["zip"], "sortBy": ["n"]},
             "none": {"from": ["live"], "query": "none.sql"},
             "live": {"from": ["calls"], "query": "live.sql"}}
            """,
            queries: [
                "live.sql": Self.counts, "top.sql": "SELECT n, zip FROM live",
                "none.sql": "SELECT n FROM live WHERE n > 100",
            ]
        )
        try buckets.commit("SELECT unnest([1, 1, 2]) AS zip", to: "calls")
        #expect(try await buckets.answer("calls") == ["live derived 0"])
        #expect(try await buckets.answer("live") == ["top derived 0", "none derived 0"])
        #expect(try buckets.rows(of: "top") == ["1 2", "2 1"])
        #expect(try buckets.rows(of: "none").isEmpty)
        let files = try buckets.dataFiles(of: "top").map { $0.prefix { $0 != "/" } }
        #expect(files == ["zip=1", "zip=2"])
    }

    @Test("does not take the place of rows that came from files")
    func keepsOthers() async throws {
        let buckets = try buckets()
        try buckets.commit("SELECT 5 AS zip", to: "live")
        let end = try await buckets.run("calls")
        #expect(end.code == 1)
        #expect(end.errors.contains("NotDerived"))
        #expect(try buckets.rows(of: "live") == ["5"])
    }

    @Test(
        "names the file and the line of an error",
        arguments: [
            ("SELECT zip,\n nix AS n\nFROM calls", "live.sql, line 2: Binder Error"),
            ("-- calls\nSELECT zip\nFRM calls", "live.sql, line 3: Parser Error"),
            ("SELECT zip FROM places", "line 1: Catalog Error: Table with name places"),
            ("SELECT 1 AS a; SELECT 2 AS b", "there must be one statement"),
            ("CREATE TABLE t (i INT)", "the statement must be a SELECT"),
            ("SELECT count(*) FROM calls", "`count_star()` is no column name"),
            ("SELECT zip FROM calls WHERE zip = $zip", "parameters"),
            ("SELECT 'x'::INT AS n, zip FROM calls", "Conversion Error"),
            ("SELECT error('no ' || zip) AS n FROM calls", "no 1"),
        ]
    )
    func errors(query: String, message: String) async throws {
        let buckets = try buckets()
        try buckets.folder.write(query, to: "live.sql")
        let end = try await buckets.run("calls")
        #expect(end.code == 1)
        #expect(end.errors.contains("QueryFailed"))
        #expect(end.errors.contains(message), "\(end.errors)")
        #expect(try buckets.version(of: "live") == nil)
        #expect(try buckets.dataFiles(of: "live").isEmpty)
    }

    @Test("that fails holds up no other, and fails only the newest commit of a batch")
    func failsAlone() async throws {
        let buckets = try DeriveBuckets(
            """
            {"bad": {"from": ["calls", "zones"], "query": "bad.sql"},
             "live": {"from": ["calls"], "query": "live.sql"}}
            """,
            queries: ["live.sql": Self.counts, "bad.sql": "SELECT nix FROM calls"]
        )
        try buckets.commit("SELECT 1 AS zip", to: "calls")
        try buckets.commit("SELECT 1 AS zip", to: "calls")
        try buckets.commit("SELECT 1 AS zip", to: "zones")
        let end = try await buckets.run("zones", "calls")
        #expect(end.code == 0, "\(end.errors)")
        #expect(try DeriveBuckets.answers(end) == ["live derived 0"])
        #expect(end.text.contains(#""itemIdentifier":"0000000000000002""#))
        #expect(!end.text.contains(#""itemIdentifier":"0000000000000001""#))
    }
}
