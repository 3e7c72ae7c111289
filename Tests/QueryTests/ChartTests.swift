import TestSupport
import Testing

@Suite("A chart")
struct ChartTests {
    private func draw(_ kind: String, _ sql: String, width: Int = 40) async throws -> ProgramEnd {
        let folder = try QueryBuckets().folder
        return try await run(
            builtProgram(named: "sluice-sql"),
            ["query", "--chart", kind, sql],
            environment: ["COLUMNS": "\(width)"],
            folder: folder.path
        )
    }

    @Test("of bars has a label, a value and a bar for each row, no line wider than asked")
    func bars() async throws {
        let end = try await draw(
            "bar",
            "SELECT * FROM (VALUES ('Oslo', 12345.5), ('São Paulo', 6172.75), (NULL, NULL), ('x', 0)) v(a, b)"
        )
        #expect(
            end.text == """
                Oslo       12,345.5  ███████████████████
                São Paulo  6,172.75  █████████▌
                NULL           NULL
                x                 0

                """
        )
        #expect(end.errors.isEmpty)
    }

    @Test("of values below zero has an axis")
    func negative() async throws {
        let end = try await draw(
            "bar",
            "SELECT * FROM (VALUES (1, -10), (2, 10), (3, -4), (4, NULL)) v(a, b)"
        )
        #expect(
            end.text == """
                1   -10  ███████████████│
                2    10                 │███████████████
                3    -4           ██████│
                4  NULL                 │

                """
        )
        let all = try await draw("bar", "SELECT 'a' AS a, -1 AS b", width: 20)
        #expect(all.text == "a  -1  ████████████│\n")
    }

    @Test("of several columns has a bar for each, and names columns that are no numbers")
    func several() async throws {
        let end = try await draw(
            "bar",
            "SELECT 'a' AS k, 2 AS up, 1::DECIMAL(5,1) AS down, 'z' AS t"
        )
        #expect(
            end.text == """
                a  up    2  ████████████████████████████
                   down  1  ██████████████
                (not drawn: columns that are no numbers: t)

                """
        )
    }

    @Test("tells how many rows it left out, and cuts long labels")
    func many() async throws {
        let end = try await draw("bar", "SELECT 'label number ' || i, i FROM range(1053) t(i)")
        let lines = end.text.split(separator: "\n")
        #expect(lines.count == 51)
        #expect(lines[1].hasPrefix("label numb...   1"))
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines[50] == "(not drawn: 1,003 rows more; choose some with ORDER BY and LIMIT)")
    }

    @Test("of a line has axes with round marks, places in their order and gaps for nulls")
    func line() async throws {
        let end = try await draw(
            "line",
            """
            SELECT DATE '2024-01-01' + i::INT AS day, CASE WHEN i <> 5 THEN i END AS v
            FROM range(11) t(i) ORDER BY hash(i)
            """
        )
        let lines = end.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 18)
        #expect(lines[0].hasPrefix("10 ┤  ") && lines[0].hasSuffix("•"))
        #expect(lines[15] == " 0 ┤•")
        #expect(lines[16] == "   └" + String(repeating: "─", count: 36))
        #expect(
            lines[17] == "    2024-01-01   2024-01-05   2024-01-11"
                || lines[17].hasSuffix("2024-01-11")
        )
        // Nothing is drawn between the fourth and the sixth of ten days.
        let columns = lines[0..<16].map { Array($0.dropFirst(4)) }
        let drawn = Set(columns.flatMap { line in line.indices.filter { line[$0] == "•" } })
        #expect(drawn.isSuperset(of: [0, 14, 21, 35]))
        #expect(drawn.isDisjoint(with: 15...20))
    }

    @Test("of lines has a legend, and takes texts as they come")
    func lines() async throws {
        let end = try await draw(
            "line",
            "SELECT * FROM (VALUES ('b', 1, -1e-3), ('a', 2, NULL)) v(x, y, z)"
        )
        #expect(end.text.contains("• y   + z"))
        #expect(end.text.contains("b") && end.text.contains("a\n"))
        let single = try await draw("line", "SELECT now() AS t, 5 AS v")
        #expect(single.text.filter { $0 == "•" }.count == 1)
        let without = try await draw(
            "line",
            "SELECT * FROM (VALUES (1, 2), (NULL, 3), (2, 4)) v(x, y)"
        )
        #expect(without.text.hasSuffix("(not drawn: 1 row without x)\n"))
    }

    @Test(
        "says when there is nothing to draw",
        arguments: [
            ("bar", "SELECT 1 AS a WHERE false", 1, "a column of numbers beside it"),
            ("line", "SELECT 'a' AS a, 'b' AS b", 1, "a (no numbers), b (no numbers)"),
            ("bar", "SELECT 1 AS a, 2 AS b WHERE false", 0, "(0 rows)"),
            ("line", "SELECT 1 AS a, 'nan'::DOUBLE AS b", 0, "(no values)"),
            ("bar", "SELECT 1 AS a, 'inf'::DOUBLE AS b", 0, "NULL"),
            ("pie", "SELECT 1", 2, "pie"),
        ]
    )
    func nothing(kind: String, sql: String, code: Int32, words: String) async throws {
        let end = try await draw(kind, sql)
        #expect(end.code == code)
        #expect((end.text + end.errors).contains(words))
    }
}
