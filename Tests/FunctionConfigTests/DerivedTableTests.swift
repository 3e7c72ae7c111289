import FunctionConfig
import Testing

@Suite("Settings of derived tables")
struct DerivedTableTests {
    private func config(_ json: String) throws(FunctionConfigError) -> FunctionConfig {
        try FunctionConfig(
            json: json,
            path: "/x/functions.json",
            surroundings: FunctionConfig.Surroundings(
                bucketsFolder: "/x/buckets",
                environment: [:]
            )
        )
    }

    /// The problems of settings, by their paths.
    private func problems(_ json: String) -> [String: String] {
        do {
            _ = try config(json)
            return [:]
        } catch {
            return Dictionary(
                error.problems.map { ($0.path, $0.problem) },
                uniquingKeysWith: { $0 + "; " + $1 }
            )
        }
    }

    private static let tables = """
        "top": {"from": ["live", "zones"], "query": "sql/top.sql", "sortBy": ["n"]},
        "live": {"from": ["calls"], "query": "live.sql", "refresh": "on-commit"},
        "days": {"from": ["calls"], "query": "/days.sql", "refresh": "rate(1 minute)"},
        "hours": {"from": ["live"], "query": "hours.sql", "refresh": "rate( 1  minute )"},
        "calls": {}
        """

    @Test("are read, and ordered so that each comes behind what it is made of")
    func areRead() throws {
        let config = try config("{\"tables\":{\(Self.tables)}}")
        let top = try #require(config.table(named: "top").derivation)
        #expect(top.from == ["live", "zones"])
        #expect(top.query == "/x/sql/top.sql")
        #expect(top.refresh == .onCommit)
        #expect(
            "\(try #require(config.table(named: "hours").derivation).refresh)" == "rate(1 minute)"
        )
        #expect(config.table(named: "calls").derivation == nil)
        #expect(config.derivedTablesInOrder.map(\.name) == ["live", "days", "top", "hours"])
    }

    @Test("add `derive` and its triggers to the standard flow")
    func standardFlow() throws {
        let config = try config("{\"tables\":{\(Self.tables)}}")
        #expect(config.function(named: "derive")?.handler == "derive")
        let added = config.triggers.dropFirst(4)
        #expect(added.map(\.id) == ["derived", "refresh-days", "derived-wh"])
        #expect(added.map(\.function) == ["derive", "derive", "load"])
        let tables = added.map { trigger in
            if case .bucket(let source) = trigger.source { source.tables } else { nil as [String]? }
        }
        #expect(
            tables == [["live", "zones", "calls"], nil, ["top", "live", "days", "hours"]]
        )
        #expect(try self.config("{}").function(named: "derive") == nil)
    }

    @Test("are refused where triggers or functions that are written out do not make them")
    func withoutTriggers() {
        let standard = """
            "functions": {"derive": {}, "load": {}},
            "triggers": [
                {"id": "d", "function": "derive", "bucket": "lake", "suffix": ".json",
                 "tablesWith": "from"},
                {"id": "t", "function": "derive", "schedule": "rate(1 minute)"},
                {"id": "l", "function": "load", "bucket": "lake", "suffix": ".json",
                 "tablesWith": "query"}
            ]
            """
        #expect(problems("{\(standard), \"tables\": {\(Self.tables)}}").isEmpty)
        let others = standard.replacing("rate(1 minute)", with: "rate(2 minutes)")
            .replacing(#""tablesWith": "from""#, with: #""tables": ["calls", "live"]"#)
        let found = problems("{\(others), \"tables\": {\(Self.tables)}}")
        #expect(
            Set(found.keys) == [
                "tables.top.refresh", "tables.days.refresh", "tables.hours.refresh",
            ]
        )
        #expect(found["tables.top.refresh"]?.contains("`zones`") == true)
        let without = #""functions": {"load": {}}, "triggers": []"#
        #expect(problems("{\(without), \"tables\": {\(Self.tables)}}")["tables.live.query"] != nil)
    }

    @Test(
        "refuse what cannot be",
        arguments: [
            (#"{"query": "q.sql"}"#, "from"),
            (#"{"from": ["a"]}"#, "query"),
            (#"{"refresh": "on-commit", "from": ["a"]}"#, "query"),
            (#"{"from": [], "query": "q.sql"}"#, "from"),
            (#"{"from": ["A b"], "query": "q.sql"}"#, "from"),
            (#"{"from": ["a/b"], "query": "q.sql"}"#, "from"),
            (#"{"from": ["t"], "query": "q.sql"}"#, "from"),
            (#"{"from": ["a", "a"], "query": "q.sql"}"#, "from"),
            (#"{"from": "a", "query": "q.sql"}"#, "from"),
            (#"{"from": ["a"], "query": 1}"#, "query"),
            (#"{"from": ["a"], "query": "q.sql", "refresh": "hourly"}"#, "refresh"),
            (#"{"from": ["a"], "query": "q.sql", "refresh": "rate(0 minutes)"}"#, "refresh"),
            (#"{"from": ["a"], "query": "q.sql", "mode": "upsert"}"#, "mode"),
            (#"{"from": ["a"], "query": "q.sql", "keys": ["a"]}"#, "keys"),
            (#"{"from": ["a"], "query": "q.sql", "columns": {"a": "int"}}"#, "columns"),
            (#"{"from": ["a"], "query": "q.sql", "columnMap": {"a": ["b"]}}"#, "columnMap"),
            (#"{"from": ["a"], "query": "q.sql", "match": "stage-1/t/**"}"#, "match"),
            (#"{"from": ["a"], "query": "q.sql", "format": {"type": "csv"}}"#, "format"),
            (#"{"from": ["a"], "query": "q.sql", "transform": "x.sql"}"#, "transform"),
            (#"{"from": ["a"], "query": "q.sql", "similarity": {}}"#, "similarity"),
            (#"{"from": ["a"], "query": "q.sql", "partitionBy": ["day(a)"]}"#, "partitionBy"),
            (#"{"from": ["a"], "query": "q.sql", "partitionBy": ["a", "a"]}"#, "partitionBy"),
            (#"{"from": ["a"], "query": "q.sql", "form": 1}"#, "form"),
        ]
    )
    func refusals(table: String, key: String) {
        let found = problems("{\"tables\":{\"t\":\(table)}}")
        #expect(found.keys.sorted() == ["tables.t.\(key)"])
    }

    @Test("are refused when they are made of themselves, and each cycle is told once")
    func cycles() {
        let found = problems(
            """
            {"tables": {
                "a": {"from": ["x", "b"], "query": "q.sql"},
                "b": {"from": ["c"], "query": "q.sql"},
                "c": {"from": ["a"], "query": "q.sql"},
                "d": {"from": ["a"], "query": "q.sql"}
            }}
            """
        )
        #expect(found == ["tables.a.from": "this is a cycle: a from b from c from a"])
    }

    @Test("may share a table with `similarity`, but not the names of its tables")
    func similarity() {
        let compared = #""i": {"similarity": {}}"#
        let derived = #""r": {"from": ["weighted_distances", "i"], "query": "q.sql"}"#
        #expect(problems("{\"tables\": {\(compared), \(derived)}}").isEmpty)
        let taken = #""compared_sets": {"from": ["i"], "query": "q.sql"}"#
        #expect(problems("{\"tables\": {\(taken)}}")["tables.compared_sets"] != nil)
    }
}
