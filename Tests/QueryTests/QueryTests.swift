import FoundationEssentials
import TestSupport
import Testing

@Suite("A query")
struct QueryTests {
    private func ask(
        _ sql: String,
        _ options: [String] = [],
        in folder: ScratchFolder
    ) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice-sql"),
            ["query", sql] + options,
            folder: folder.path
        )
    }

    @Test(
        "finds tables by every name that it may use",
        arguments: [
            ("SELECT count(*) AS n FROM lake.people", "n\n3\n"),
            ("FROM people SELECT city WHERE id = 2", "city\nSão Paulo\n"),
            ("SELECT id FROM \"LAKE\".\"People\" WHERE city IS NULL", "id\n3\n"),
            ("SELECT x FROM warehouse.t", "x\n7\n"),
            ("SELECT x, id FROM warehouse.main.t, people ORDER BY id LIMIT 1", "x,id\n7,1\n"),
            ("WITH people AS (SELECT 5 AS a) FROM people", "a\n5\n"),
            ("SHOW TABLES", "name\npeople\n"),
            ("SELECT table_name FROM information_schema.tables", "table_name\npeople\n"),
            ("SELECT 1 AS a;", "a\n1\n"),
        ]
    )
    func names(sql: String, csv: String) async throws {
        let end = try await ask(sql, in: QueryBuckets().folder)
        #expect(end.text == csv)
        #expect(end.errors.isEmpty)
        #expect(end.code == 0)
    }

    @Test(
        "is refused unless it is one that only reads",
        arguments: [
            ("SELECT 1; SELECT 2", "one statement"), ("", "one statement"),
            ("COPY (SELECT 1) TO 'out.csv'", "only reads"), ("ATTACH 'other.db'", "only reads"),
            ("CREATE TABLE lake.x (a INT)", "only reads"), ("DROP VIEW lake.people", "only reads"),
            ("INSERT INTO warehouse.t VALUES (1)", "only reads"), ("SET threads = 1", "only reads"),
            ("EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'", "ANALYZE"),
            ("SELECT ?", "parameter needs a name"), ("SELEC 1", "syntax error"),
            ("SELECT nope FROM people", "nope"), ("FROM pepole", "lake tables: people"),
            ("SELECT 'x'::INT FROM people", "Could not convert"),
        ]
    )
    func refusals(sql: String, words: String) async throws {
        let folder = try QueryBuckets().folder
        let end = try await ask(sql, in: folder)
        #expect(end.code == 1)
        #expect(end.text.isEmpty)
        #expect(end.errors.contains(words), "\(end.errors)")
        #expect(!folder.holds("out.csv") && !folder.holds("other.db"))
    }

    private static let values = """
        SELECT 9223372036854775807 AS big, 0.1::DOUBLE AS d, 'nan'::DOUBLE AS nan,
               -1.50::DECIMAL(5,2) AS dec, true AS b, NULL AS null, '' AS empty,
               'a,"b"' AS quoted, E'two\\nlines' AS lines, DATE '2024-02-29' AS day,
               TIMESTAMPTZ '2024-02-29 12:00:00.25+02' AS at, TIMESTAMP '1969-12-31 23:59:59' AS ntz,
               [1, NULL] AS l, {'k': DATE '0001-01-01', 'v': ['x']} AS s
        """

    @Test("prints CSV that tells null from empty text, in UTC")
    func csv() async throws {
        let end = try await ask(Self.values, ["--format", "csv"], in: QueryBuckets().folder)
        #expect(
            end.text == #"""
                big,d,nan,dec,b,null,empty,quoted,lines,day,at,ntz,l,s
                9223372036854775807,0.1,nan,-1.50,true,,"","a,""b""","two\#nlines",2024-02-29,\#
                2024-02-29T10:00:00.25Z,1969-12-31T23:59:59,"[1,null]",\#
                "{""k"":""0001-01-01"",""v"":[""x""]}"

                """#
        )
    }

    @Test("prints JSON whose numbers keep their digits")
    func json() async throws {
        let end = try await ask(Self.values, ["--format", "json"], in: QueryBuckets().folder)
        #expect(
            end.text == #"""
                [{"big":9223372036854775807,"d":0.1,"nan":null,"dec":-1.50,"b":true,"null":null,\#
                "empty":"","quoted":"a,\"b\"","lines":"two\nlines","day":"2024-02-29",\#
                "at":"2024-02-29T10:00:00.25Z","ntz":"1969-12-31T23:59:59","l":[1,null],\#
                "s":{"k":"0001-01-01","v":["x"]}}]

                """#
        )
        let none = try await ask(
            "SELECT 1 WHERE false",
            ["--format", "json"],
            in: QueryBuckets().folder
        )
        #expect(none.text == "[]\n")
    }

    @Test("prints an aligned table for people")
    func table() async throws {
        let end = try await ask(
            "FROM people ORDER BY id",
            ["--format", "table"],
            in: QueryBuckets().folder
        )
        #expect(
            end.text == """
                id  city
                --  ---------
                 1  Oslo
                 2  São Paulo
                 3  NULL
                (3 rows)

                """
        )
    }

    @Test("ends with 2 for wrong usage or settings, which a lake query does not read")
    func usage() async throws {
        let folder = try QueryBuckets().folder
        try folder.write("{", to: "functions.json")
        #expect(try await ask("SELECT 1", ["--format", "xml"], in: folder).code == 2)
        #expect(try await ask("SELECT 1", ["--buckets", "nowhere"], in: folder).code == 2)
        #expect(try await ask("FROM warehouse.t", in: folder).code == 2)
        #expect(try await ask("FROM people", in: folder).code == 0)
    }
}
