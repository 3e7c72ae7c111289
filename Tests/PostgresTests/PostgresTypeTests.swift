import FoundationEssentials
import TestSupport
import Testing

@Suite("A table in PostgreSQL")
struct PostgresTypeTests {
    @Test("holds every type as PostgreSQL's own, and gives back what the lake has")
    func types() async throws {
        let columns = """
            "flag": "boolean", "small": "int", "big": "bigint", "number": "double",
            "money": "decimal(10,2)", "ninth": "decimal(9,9)", "most": "decimal(38,38)",
            "day": "date", "at": "timestamp", "text": "string", "bytes": "binary",
            "texts": "array<string>", "numbers": "array<bigint>", "days": "array<date>",
            "prices": "array<decimal(20,17)>", "ragged": "array<array<bigint>>",
            "thing": "struct<a:bigint,b:string,c:decimal(38,20),d:binary,e:double,f:timestamp>",
            "things": "array<struct<n:double>>"
            """
        let buckets = try await PostgresBuckets(
            settings: #""tables": {"t": {"columns": {\#(columns)}}},"#
        )
        guard let buckets else { return }
        try await buckets.flow([
            "t/a.jsonl": """
            {"flag":true,"small":-5,"big":9223372036854775807,"number":"NaN","money":"-0.05",\
            "ninth":"0.123456789","most":"-0.99999999999999999999999999999999999999",\
            "day":"0001-01-01","at":"9999-12-31T23:59:59.999999Z","text":"a\\b\\"\\u0008\\n\\\\N",\
            "bytes":"00ff","texts":["NULL",null,"","{\\"x\\",}"," y "],"numbers":[1,null],\
            "days":["2024-02-29"],"prices":["123.45678901234567891"],"ragged":[[1,2],[],null,[3]],\
            "thing":{"a":9007199254740993,"b":"it's","c":"12345678901234567.12345678901234567891",\
            "d":"c0de","e":"-inf","f":"2024-01-01T00:00:00.000001Z"},"things":[{"n":1.5},null]}
            {}
            {"number":1e-320,"text":"","bytes":"","texts":[],"ragged":[],"things":[],"thing":{}}

            """
        ])
        let difference = try await buckets.query(
            """
            SELECT count(*) AS n FROM ((FROM lake.t EXCEPT ALL FROM warehouse.t)
                UNION ALL (FROM warehouse.t EXCEPT ALL FROM lake.t))
            """
        )
        #expect(difference == "n\n0\n")
        #expect(
            try await buckets.query(
                "SELECT count(*) AS n FROM warehouse.t WHERE thing.a > 9007199254740992"
            )
                == "n\n1\n"
        )
        // Names and types, as DESCRIBE tells them, are those of the lake.
        #expect(
            try await buckets.query("DESCRIBE warehouse.t") == buckets.query("DESCRIBE lake.t")
        )
        let types = try await buckets.psql(
            """
            SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0
            """
        )
        #expect(
            types == """
                boolean,integer,bigint,double precision,numeric(10,2),numeric(9,9),numeric(38,38),\
                date,timestamp with time zone,text,bytea,character varying[],bigint[],date[],jsonb,\
                jsonb,jsonb,jsonb,text,bigint

                """
        )
        #expect(
            try await buckets.psql("SELECT thing->>'b', texts[1] FROM t LIMIT 1") == "it's|NULL\n"
        )
        try await buckets.drop()
    }

    @Test("bears long names and names of PostgreSQL's own columns")
    func names() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let long = String(repeating: "how_satisfied_are_you_with_", count: 4)
        let table = String(repeating: "survey_", count: 12) + "2024"
        try await buckets.flow([
            "\(table)/a.csv": "xmin,xmax,\(long)support,\(long)price\n1,2,3,4\n"
        ])
        try await buckets.flow(["\(table)/b.csv": "xmin,\(long)price\n5,6\n"])
        let rows = try await buckets.query(
            "SELECT xmin, xmax, \(long)support, \(long)price FROM warehouse.\(table) ORDER BY xmin"
        )
        #expect(rows == "xmin,xmax,\(long)support,\(long)price\n1,2,3,4\n5,,,6\n")
        #expect(
            try await buckets.psql(
                "SELECT count(*) FROM pg_tables WHERE schemaname = '\(buckets.schema)'"
            )
                == "2\n"
        )
        try await buckets.drop()
    }

    private static var manyColumns: String {
        (0..<1_598).map { "1 AS c\($0)" }.joined(separator: ", ")
    }

    @Test("with more columns than PostgreSQL admits is a dead letter that says so")
    func tooManyColumns() async throws {
        let buckets = try await PostgresBuckets(
            settings: #""tables": {"t": {"transform": "t.sql"}},"#
        )
        guard let buckets else { return }
        try buckets.folder.write(
            "SELECT x, \(Self.manyColumns) FROM source",
            to: "t.sql"
        )
        let events = try await buckets.stage(["t/a.csv": "x\n1\n"])
        let end = try await buckets.load(try #require(events.first))
        #expect(end.code == 65)
        #expect(end.type == "TooManyColumns")
        #expect(end.message.contains("stage-1/t/a.csv: t would have 1601 columns"))
        #expect(end.message.contains("1600"))
    }

    @Test("has no row with a text that PostgreSQL cannot hold, and the lake has it neither")
    func noNUL() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let end = try await {
            try buckets.folder.write(
                """
                {"a":"x\\u0000y","n":1}
                {"a":"fine","n":2,"s":{"k":"v\\u0000"}}
                {"a":"\\\\u0000","n":3,"s":{"k":"\\\\u0000","l":["\\\\\\\\u0000"]}}
                {"a":"z","n":4,"s":{"l":["\\\\\\u0000"]}}

                """,
                to: "buckets/stage-1/t/a.jsonl"
            )
            return try await buckets.sluice("up", "--once")
        }()
        #expect(end.code == 0, "\(end.errors)")
        #expect(end.text.contains("rows in quarantine: 3"))
        for side in ["lake", "warehouse"] {
            #expect(try await buckets.query("SELECT n, a FROM \(side).t") == "n,a\n3,\\u0000\n")
        }
        let bad = try buckets.folder.files(in: "buckets/quarantine").map {
            try buckets.folder.text("buckets/quarantine/\($0)")
        }
        try #require(bad.count == 2)
        #expect(bad[0] == bad[1])
        #expect(bad[0].contains(#""column":"a","line":1"#))
        #expect(bad[0].contains("U+0000, which PostgreSQL cannot store"))
        try await buckets.drop()
    }

    @Test("has no row that a transform made and PostgreSQL cannot hold")
    func transformLimits() async throws {
        let buckets = try await PostgresBuckets(
            settings: #""tables": {"t": {"transform": "t.sql"}},"#
        )
        guard let buckets else { return }
        try buckets.folder.write(
            """
            SELECT n, CASE n WHEN 1 THEN chr(0) ELSE 'x' END AS a,
                CASE n WHEN 2 THEN DATE '5000-01-01 (BC)' ELSE DATE 'infinity' END AS d,
                CASE n WHEN 3 THEN TIMESTAMP '5000-01-01 (BC) 00:00:00' END AS t,
                [CASE n WHEN 4 THEN chr(0) END] AS l, uuid() AS u
            FROM source
            """,
            to: "t.sql"
        )
        try await buckets.flow(["t/a.csv": "n\n1\n2\n3\n4\n5\n"])
        for side in ["lake", "warehouse"] {
            #expect(
                try await buckets.query("SELECT n, a, d FROM \(side).t") == "n,a,d\n5,x,infinity\n"
            )
        }
        try await buckets.drop()
    }
}
