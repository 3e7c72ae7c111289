import TestSupport
import Testing

@Suite("A saved query")
struct SavedQueryTests {
    private func buckets() throws -> QueryBuckets {
        let buckets = try QueryBuckets()
        try buckets.folder.write(
            """
            -- People of one city.
            -- param: city = Oslo
            -- param: least bigint = 0
            -- A second line of words.
            SELECT id FROM people -- $nothing
            WHERE city = $city AND id >= $least AND '$city' <> $City ORDER BY id
            """,
            to: "queries/by_city.sql"
        )
        try buckets.folder.write("-- param: day date\nSELECT $day AS d", to: "queries/day.sql")
        try buckets.folder.write("SELECT 5 AS five", to: "queries/five.sql")
        try buckets.folder.write("no query", to: "queries/.hidden.sql")
        return buckets
    }

    @Test("runs by its name, with the values that its header has")
    func byName() async throws {
        let buckets = try buckets()
        #expect(try await buckets.ask("@five").text == "five\n5\n")
        #expect(try await buckets.ask("@by_city").text == "id\n1\n")
        #expect(try await buckets.ask("@by_city", "--set", "city=São Paulo").text == "id\n2\n")
        #expect(try await buckets.ask("@by_city", "--set", "least=2").text == "id\n")
        let day = try await buckets.ask("@day", "--set", "day=2024-02-29", "--format", "json")
        #expect(day.text == "[{\"d\":\"2024-02-29\"}]\n")
    }

    @Test("never becomes another statement by a value")
    func values() async throws {
        let buckets = try buckets()
        let value = "Oslo' OR ''=' -- $x \"; DROP"
        #expect(try await buckets.ask("@by_city", "--set", "city=\(value)").text == "id\n")
        let end = try await buckets.ask(
            "SELECT $from AS a, $B AS b",
            "--set",
            "from=\(value)",
            "--set",
            "b="
        )
        #expect(end.text == "a,b\n\"\(value.replacing("\"", with: "\"\""))\",\"\"\n")
    }

    @Test(
        "takes a value as its place asks for, or as the header says",
        arguments: [
            ("SELECT id FROM people WHERE id IN ($a, $b) ORDER BY id", "id\n1\n2\n"),
            ("SELECT id FROM people WHERE $a IS NULL OR id > $a LIMIT $b", "id\n2\n3\n"),
            ("-- param: a bigint\nSELECT $a + 1 AS x, $b AS y", "x,y\n2,2\n"),
        ]
    )
    func types(sql: String, csv: String) async throws {
        let buckets = try buckets()
        try buckets.folder.write(sql, to: "queries/q.sql")
        let end = try await buckets.ask("@q", "--set", "a=1", "--set", "b=2")
        #expect(end.text == csv)
        #expect(end.errors.isEmpty)
    }

    @Test("takes values in the order of its header, and draws the columns that this names")
    func inOrder() async throws {
        let buckets = try buckets()
        #expect(try await buckets.ask("@by_city", "São Paulo", "2").text == "id\n2\n")
        #expect(try await buckets.ask("@by_city", "Oslo", "--set", "least=2").text == "id\n")
        try buckets.folder.write(
            "-- chart: c\nSELECT 'a' AS a, 1 AS b, 2 AS c",
            to: "queries/drawn.sql"
        )
        let drawn = try await buckets.ask("@drawn", "--chart", "bar")
        #expect(drawn.text.hasPrefix("a  2  █"))
        #expect(drawn.text.split(separator: "\n").count == 1)
        try buckets.folder.write("-- chart: d\nSELECT 1 AS b, 2 AS c", to: "queries/lost.sql")
        let lost = try await buckets.ask("@lost", "--chart", "bar")
        #expect(lost.errors.contains("`-- chart: d` is no column of numbers"), "\(lost.errors)")
    }

    @Test("is listed with its first line and its parameters")
    func list() async throws {
        let buckets = try buckets()
        let expected = """
            by_city  People of one city.  (city = Oslo, least bigint = 0)
            day      (day date)
            five

            """
        #expect(try await buckets.ask("@").text == expected)
        #expect(try await buckets.ask("--list").text == expected)
        let none = try await QueryBuckets().ask("--list")
        #expect(none.text.contains("no saved queries"))
        #expect(none.code == 0)
    }

    @Test("lies beside the settings that are named")
    func place() async throws {
        let buckets = try buckets()
        try buckets.folder.write("{}", to: "other/functions.json")
        try buckets.folder.write("SELECT 6 AS six", to: "other/queries/six.sql")
        let end = try await buckets.ask("@six", "--config", "other/functions.json")
        #expect(end.text == "six\n6\n")
    }

    @Test(
        "says what there is where something is missing or wrong",
        arguments: [
            (["@none"], "there are: by_city, day, five"), (["@../five"], "no saved query"),
            (["@day"], "--set day=VALUE"), (["@five", "--set", "x=1"], "it has none"),
            (["@by_city", "--set", "x=1"], "it has $city, $least"),
            (["@by_city", "--set", "least=few"], "`few`, no bigint"),
            (["@by_city", "--set", "city"], "--set zip=10001"), (["@wrong"], "is no parameter"),
            (["@unused"], "no parameter $a"), ([], "give a statement"),
            (["@five", "1"], "`1` is a value too many: @five takes none"),
            (["SELECT 1", "2"], "`2` is too much: a statement is one argument"),
        ]
    )
    func refusals(arguments: [String], words: String) async throws {
        let buckets = try buckets()
        try buckets.folder.write("-- param: a int64\nSELECT $a", to: "queries/wrong.sql")
        try buckets.folder.write("-- param: a = 1\nSELECT 1", to: "queries/unused.sql")
        if arguments == ["@none"] {
            for name in ["wrong", "unused"] { try buckets.folder.remove("queries/\(name).sql") }
        }
        let end = try await run(
            builtProgram(named: "sluice-sql"),
            ["query"] + arguments,
            folder: buckets.folder.path
        )
        #expect(end.code == 2)
        #expect(end.errors.contains(words), "\(end.errors)")
        #expect(end.text.isEmpty)
    }
}
