import FoundationEssentials
import TestSupport
import Testing

@Suite("A table in PostgreSQL over time")
struct PostgresEvolutionTests {
    @Test("keeps other programs' rows, rights, indexes and views while its columns change")
    func keepsWhatPeopleMade() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        try await buckets.flow(["t/a.jsonl": #"{"id": 1, "name": "one", "thing": {"a": 1}}"# + "\n"]
        )
        try await buckets.psql(
            """
            INSERT INTO t (id, name, thing) VALUES (7, 'foreign', '{"a": 70}');
            CREATE INDEX mine ON t (name);
            CREATE VIEW names AS SELECT name, _source FROM t;
            GRANT SELECT ON t TO PUBLIC;
            COMMENT ON COLUMN t.name IS 'what people call it'
            """
        )
        // A column more.
        try await buckets.flow(["t/b.jsonl": #"{"id": 2, "name": "two", "more": true}"# + "\n"])
        // Others become wider: `id` text, `thing.a` a fraction.
        try await buckets.flow(["t/c.jsonl": #"{"id": "x3", "thing": {"a": 0.5, "b": [1]}}"# + "\n"]
        )
        let expected = """
            id,name,thing,more
            1,one,"{""a"":1.0,""b"":null}",
            2,two,,true
            7,foreign,"{""a"":70.0,""b"":null}",
            x3,,"{""a"":0.5,""b"":[1]}",

            """
        #expect(
            try await buckets.query("SELECT id, name, thing, more FROM warehouse.t ORDER BY id")
                == expected
        )
        let own = "id,name,thing,more,_source,_seq"
        #expect(try await buckets.query("FROM warehouse.t LIMIT 0") == own + "\n")
        #expect(try await buckets.psql("SELECT count(*) FROM names") == "4\n")
        #expect(
            try await buckets.psql(
                """
                SELECT to_regclass('mine') IS NOT NULL, has_table_privilege('public', 't', 'SELECT'),
                    col_description('t'::regclass, 2)
                """
            ) == "t|t|what people call it\n"
        )
        // The lake never had the foreign row.
        #expect(
            try await buckets.query("(FROM lake.t EXCEPT FROM warehouse.t)") == own + "\n"
        )
        // A version that replaces another leaves the foreign row alone as well.
        try await buckets.flow(["t/a.jsonl": #"{"id": 11, "name": "eleven"}"# + "\n"])
        #expect(
            try await buckets.psql("SELECT string_agg(id, ' ' ORDER BY id) FROM t") == "11 2 7 x3\n"
        )
        try await buckets.drop()
    }

    @Test("that a view hinders says so, and goes on when the view is gone")
    func viewInTheWay() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let first = try await buckets.stage(["t/a.csv": "id\n1\n"])
        #expect(try await buckets.load(try #require(first.first)).code == 0)
        try await buckets.psql("CREATE VIEW ids AS SELECT id FROM t")
        let event = try #require(try await buckets.stage(["t/b.csv": "id\nx\n"]).first)
        let end = try await buckets.load(event)
        #expect(end.code == 1)
        #expect(end.type == "WarehouseInUse")
        #expect(end.message.contains("used by a view or rule"))
        #expect(try await buckets.psql("SELECT * FROM ids") == "1\n")
        try await buckets.psql("DROP VIEW ids")
        #expect(try await buckets.load(event).statuses == ["loaded"])
        #expect(try await buckets.psql("SELECT string_agg(id, ' ' ORDER BY id) FROM t") == "1 x\n")
        try await buckets.drop()
    }

    @Test("that somebody else made gets Sluice's columns and keeps its own")
    func foreignTable() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        try await buckets.psql(
            """
            CREATE SCHEMA \(buckets.schema);
            CREATE TABLE \(buckets.schema).t (id smallint, name varchar(5), extra inet);
            INSERT INTO \(buckets.schema).t VALUES (1, 'one', '127.0.0.1')
            """
        )
        try await buckets.flow(["t/a.csv": "id,name\n2,much longer\n"])
        #expect(
            try await buckets.psql("SELECT id, name, extra, _source FROM t ORDER BY id")
                == "1|one|127.0.0.1|\n2|much longer||stage-1/t/a.csv\n"
        )
        #expect(
            try await buckets.query("SELECT * EXCLUDE (_seq) FROM warehouse.t ORDER BY id")
                == "id,name,extra,_source\n1,one,127.0.0.1/32,\n2,much longer,,stage-1/t/a.csv\n"
        )
        try await buckets.drop()
    }

    @Test("of many rows is written at the first look at them, bad rows told from good ones")
    func streaming() async throws {
        let settings = #""tables": {"t": {"columns": {"n": "int", "text": "string"}}},"#
        guard let buckets = try await PostgresBuckets(settings: settings) else { return }
        let filler = String(repeating: "abcdefghij", count: 12)
        func lines(_ bad: Set<Int>) -> String {
            "n,text\n"
                + (1...80_000).map { bad.contains($0) ? "n\($0),x\n" : "\($0),\(filler)\n" }
                .joined()
        }
        try await buckets.flow(["t/a.csv": lines([3, 79_999]), "t/b.csv": lines([])])
        let figures =
            "SELECT _source, count(*) AS n, sum(n) AS total FROM SIDE.t GROUP BY ALL ORDER BY ALL"
        let expected = """
            _source,n,total
            stage-1/t/a.csv,79998,3199959998
            stage-1/t/b.csv,80000,3200040000

            """
        for side in ["lake", "warehouse"] {
            #expect(try await buckets.query(figures.replacing("SIDE", with: side)) == expected)
        }
        #expect(
            try await buckets.psql("SELECT source, rows, rejects FROM sluice_loads ORDER BY source")
                == "stage-1/t/a.csv|79998|2\nstage-1/t/b.csv|80000|0\n"
        )
        let bad = try buckets.folder.files(in: "buckets/quarantine/t").map {
            try buckets.folder.text("buckets/quarantine/t/\($0)")
        }
        try #require(bad.count == 2)
        #expect(bad[0] == bad[1])
        #expect(bad[0].contains(#""line":80000"#))

        // A record of another shape, and a version that `onError` refuses, leave nothing behind.
        try buckets.configure(
            #""tables": {"t": {"columns": {"n": "int", "text": "string"}, "onError": "skip_file_2"}},"#
        )
        try buckets.folder.write(lines([]) + "1,2,3\n", to: "buckets/stage-1/t/b.csv")
        try buckets.folder.write(lines([5, 6]), to: "buckets/stage-1/t/a.csv")
        #expect(try await buckets.sluice("up", "--once").code == 1)
        for side in ["lake", "warehouse"] {
            #expect(try await buckets.query(figures.replacing("SIDE", with: side)) == expected)
        }
        #expect(
            try await buckets.psql(
                "SELECT source, rows, rejects, status FROM sluice_loads ORDER BY source, status DESC"
            )
                == """
                stage-1/t/a.csv|79998|2|loaded
                stage-1/t/b.csv|80000|0|replaced
                stage-1/t/b.csv|80000|1|loaded

                """
        )
        try await buckets.drop()
    }

    @Test("that comes from a lake table has the rows of its newest version")
    func lakeCommits() async throws {
        let settings = """
            "tables": {"indicators": {"columns": {"indicator_id": "string", "locale": "string",
              "interval": "string", "dimension_id": "string", "value": "double"},
              "partitionBy": ["indicator_id"], "similarity": {"perInterval": true}}},
            """
        guard let buckets = try await PostgresBuckets(settings: settings) else { return }
        func rows(_ indicator: String, _ factor: Double) -> String {
            "indicator_id,locale,interval,dimension_id,value\n"
                + (0..<90).map { number in
                    let (place, year, dimension) = (number % 5, number / 5 % 6, number / 30)
                    let value = Double(number * number % 17) * factor
                    return "\(indicator),p\(place),\(2000 + year),d\(dimension),\(value)\n"
                }.joined()
        }
        func differences() async throws -> String {
            var all = ""
            for table in ["weighted_distances", "distances_over_time", "compared_sets"] {
                all += try await buckets.query(
                    "SELECT (SELECT count(*) FROM warehouse.\(table)) > 0 AS filled, count(*) AS n FROM ("
                        + "(FROM lake.\(table) EXCEPT ALL FROM warehouse.\(table)) UNION ALL "
                        + "(FROM warehouse.\(table) EXCEPT ALL FROM lake.\(table)))"
                )
            }
            return all
        }
        let same = String(repeating: "filled,n\ntrue,0\n", count: 3)
        try await buckets.flow([
            "indicators/a.csv": rows("it's one", 1), "indicators/b.csv": rows("two", 0.5),
        ])
        #expect(try await differences() == same)
        let identity = "SELECT 'weighted_distances'::regclass::oid"
        let before = try await buckets.psql(identity)
        try await buckets.flow(["indicators/a.csv": rows("it's one", 3)])
        #expect(try await differences() == same)
        #expect(try await buckets.psql(identity) == before)
        try await buckets.drop()
    }
}
