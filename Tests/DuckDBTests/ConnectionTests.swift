import DuckDB
import Testing

@Suite("A DuckDB connection")
struct ConnectionTests {
    @Test("is to the version that the declarations are of")
    func version() { #expect(Database.libraryVersion.hasPrefix("v1.5.")) }

    @Test(
        "keeps DuckDB's words about a failure",
        arguments: [
            ("SELEC 1", "syntax error"),
            ("SELECT nothing_here", "nothing_here"),
            ("SELECT 'x'::INTEGER", "Could not convert"),
            ("SELECT 1; SELECT 'y'::INTEGER; SELECT 2", "Could not convert"),
            (
                "SELECT CASE WHEN i = 150000 THEN error('far row') ELSE i END FROM range(200000) t(i)",
                "far row"
            ),
            ("", "no statement"),
            ("-- only a comment", "no statement"),
        ]
    )
    func errors(sql: String, words: String) throws {
        let connection = try Database().connect()
        let error = #expect(throws: DuckDBError.self) { _ = try connection.rows(sql) }
        #expect(error?.message.contains(words) ?? false, "\(String(describing: error))")
        #expect(try connection.scalar("SELECT 1") == .integer(1))
    }

    @Test("runs several statements and gives the rows of the last")
    func severalStatements() throws {
        let connection = try Database().connect()
        #expect(
            try connection.rows("CREATE TABLE t AS SELECT 7 AS x; FROM t") == [[.integer(7)]]
        )
        #expect(try connection.execute("INSERT INTO t VALUES (8), (9)") == 2)
    }

    @Test(
        "tells what a statement does",
        arguments: [
            ("SELECT 1", PreparedStatement.Kind.select), ("FROM range(3)", .select),
            ("WITH a AS (SELECT 1) FROM a", .select), ("VALUES (1)", .select),
            ("EXPLAIN SELECT 1", .explain), ("COPY (SELECT 1) TO '/tmp/x.csv'", .other),
            ("ATTACH ':memory:' AS a", .other), ("SET threads = 1", .other),
            ("PRAGMA database_size", .select), ("CREATE TABLE a (b INT)", .other),
        ]
    )
    func kinds(sql: String, kind: PreparedStatement.Kind) throws {
        let connection = try Database().connect()
        let statements = try connection.statements(in: sql)
        #expect(statements.count == 1)
        #expect(try statements.prepare(0).kind == kind)
    }

    @Test("takes back a transaction whose body fails")
    func rollback() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE t (x INT)")
        #expect(throws: DuckDBError.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO t VALUES ('x')")
            }
        }
        try connection.transaction { _ = try connection.execute("INSERT INTO t VALUES (2)") }
        #expect(try connection.rows("FROM t") == [[.integer(2)]])
    }

    @Test("refuses an unknown setting and a missing folder")
    func opening() {
        #expect(throws: DuckDBError.self) { _ = try Database(settings: ["no_such": "1"]) }
        #expect(throws: DuckDBError.self) { _ = try Database(path: "/nowhere/at/all.duckdb") }
    }

    @Test("loads the delta extension that lies beside the program")
    func loadsExtension() throws {
        let connection = try Database().connect()
        try DuckDBExtension.load("delta", into: connection)
        try DuckDBExtension.load("delta", into: connection)
        #expect(
            throws: DuckDBError.self,
            performing: { try DuckDBExtension.path(named: "missing") }
        )
    }
}

@Suite("Quoted SQL")
struct QuotingTests {
    @Test(
        "keeps every text",
        arguments: ["plain", "it's", "\"", "''", "a\nb", "e\u{301}'\u{301}", "\\"]
    )
    func roundTrip(text: String) throws {
        let connection = try Database().connect()
        let result = try connection.query(
            "SELECT \(SQL.literal(text)) AS \(SQL.identifier("c" + text))"
        )
        #expect(result.columns[0].name == "c" + text)
        let value = try result.nextChunk()?.value(column: 0, row: 0)
        #expect(value.flatMap(\.string).map { Array($0.utf8) } == Array(text.utf8))
    }
}
