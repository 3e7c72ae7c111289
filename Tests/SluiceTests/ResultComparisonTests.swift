import Testing

@testable import sluice

@Suite("Two results")
struct ResultComparisonTests {
    /// A pair of results and whether they agree.
    struct Pair: Sendable {
        var expected: String
        var got: String
        var isOrdered = false
        var agree = true
    }

    static let pairs = [
        Pair(expected: "a,b\n1,2\n3,4\n", got: "a,b\n3,4\n1,2\n"),
        Pair(expected: "a\n1\n2\n", got: "a\n2\n1\n", isOrdered: true, agree: false),
        Pair(expected: "a\n1\n2\n", got: "a\n1\n2", isOrdered: true),
        Pair(expected: "a\n1\n", got: "a\r\n1\r\n"),
        Pair(expected: "a\n1\n1\n2\n", got: "a\n1\n2\n2\n", agree: false),
        Pair(expected: "a\n1\n", got: "b\n1\n", agree: false),
        Pair(expected: "a\n", got: "a\n1\n", agree: false),
        Pair(expected: "a\n1\n2\n", got: "a\n1\n", isOrdered: true, agree: false),
        Pair(expected: "a,b\n,x\n", got: "a,b\n\"\",x\n", agree: false),
        Pair(expected: "a,b\n\"x\",\"1\"\n", got: "a,b\nx,1\n"),
        Pair(expected: "a\n\"x\n\"\"y\"\"\"\n", got: "a\n\"x\n\"\"y\"\"\"\n"),
        Pair(expected: "a\n0.1\n", got: "a\n0.10000000001\n"),
        Pair(expected: "a\n0.1\n", got: "a\n0.1000001\n", agree: false),
        Pair(expected: "a\n1e3\n", got: "a\n1000.0\n"),
        Pair(expected: "a\n10000000000000001\n", got: "a\n10000000000000002\n", agree: false),
        Pair(expected: "a,b\n1.0,x\n2.0,x\n", got: "a,b\n2.0000000001,x\n1.0000000001,x\n"),
    ]

    @Test("agree as sets, unless in order, with floating-point values to 1e-9", arguments: pairs)
    func agreement(pair: Pair) {
        let difference = ResultComparison(
            expected: ResultTable(csv: pair.expected.utf8),
            got: ResultTable(csv: pair.got.utf8),
            isOrdered: pair.isOrdered
        ).difference()
        #expect((difference == nil) == pair.agree, "\(difference ?? "no difference")")
    }

    @Test("that differ are shown row by row")
    func shown() throws {
        let difference = try #require(
            ResultComparison(
                expected: ResultTable(csv: "a,b\n1,x\n2,y\n".utf8),
                got: ResultTable(csv: "a,b\n1,x\n3,\"z,z\"\n".utf8),
                isOrdered: false
            ).difference()
        )
        #expect(difference.contains("- 2,y\n+ 3,\"z,z\""))
    }

    @Test(
        "are in order only if the statement itself says so",
        arguments: [
            ("SELECT a FROM t ORDER BY a", true),
            ("select a from t\n  order\n by a limit 3", true),
            ("SELECT row_number() OVER (ORDER BY a) FROM t", false),
            ("SELECT 'x ORDER BY y' FROM t -- ORDER BY a", false),
            ("SELECT \"order by\" FROM t /* ORDER BY a */", false),
            ("SELECT reorder, bypass FROM t", false),
            ("WITH s AS (SELECT 1 ORDER BY 1) SELECT * FROM s /* x */ ORDER BY 1", true),
            ("SELECT 'it''s' AS q FROM t ORDER BY q", true),
        ]
    )
    func order(sql: String, isOrdered: Bool) {
        #expect(RowOrder.isGiven(by: sql) == isOrdered)
    }
}
