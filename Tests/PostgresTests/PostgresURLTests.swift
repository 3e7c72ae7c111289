import FunctionConfig
import Testing

@Suite("A warehouse named by a URL")
struct PostgresURLTests {
    private func server(_ url: String, _ more: String = "") throws -> PostgresServer {
        let config = try FunctionConfig(
            json: "{\"warehouse\": \"\(url)\"\(more)}",
            path: "/c/functions.json",
            surroundings: .init(bucketsFolder: "/b", environment: [:])
        )
        guard case .postgres(let server) = config.warehouse else { throw Unexpected() }
        return server
    }

    private struct Unexpected: Error {}

    @Test(
        "has its password apart, wherever it stood",
        arguments: [
            ("postgres://u:p%40ss%2F@h:5/d", "postgres://u@h:5/d", "p@ss/"),
            (
                "postgresql://u:p:q@h/d?connect_timeout=3", "postgresql://u@h/d?connect_timeout=3",
                "p:q"
            ),
            ("postgres://h/d?password=x%26y&user=u", "postgres://h/d?user=u", "x&y"),
            ("postgres://u@/d?host=/run/postgresql", "postgres://u@/d?host=/run/postgresql", nil),
            ("postgres:///d?application_name=a@b", nil, nil), ("postgres://", "postgres://", nil),
            ("postgres://u:pw9@one:1,two:2/d", "postgres://u@one:1,two:2/d", "pw9"),
        ] as [(String, String?, String?)]
    )
    func parts(url: String, shown: String?, password: String?) throws {
        guard let shown else {
            #expect(throws: FunctionConfigError.self) { try self.server(url) }
            return
        }
        let server = try self.server(url)
        #expect(server.url == shown)
        #expect(server.password == password)
        #expect(server.schema == "public")
        #expect(server.description == String(shown.prefix { $0 != "?" }))
        if let password { #expect(!"\(server)\(String(reflecting: server))".contains(password)) }
    }

    @Test(
        "is refused with a remedy that repeats none of it",
        arguments: [
            ("postgres://u:sec@ret@h/d", "", "write @ as %40"),
            ("postgres://u:sec/ret@h/d", "", "write @ as %40"),
            ("postgres://u:sec?ret@h/d", "", "write @ as %40"),
            ("postgres://u:secret%4@h/d", "", "write % as %25"),
            ("postgres://u:secret%00@h/d", "", "write % as %25"),
            ("postgres://u:secret@h/d", #", "warehouseSchema": "Mine""#, "lower-case letters"),
            ("postgres://u:secret@h/d", #", "warehouseSchema": "pg_mine""#, "not pg_"),
            ("postgres://u:secret@h/d", #", "warehouseSchema": """#, "lower-case letters"),
            ("secret.duckdb", #", "warehouseSchema": "mine""#, "a DuckDB file has no use for it"),
        ]
    )
    func refused(url: String, more: String, words: String) throws {
        let error = try #require(throws: FunctionConfigError.self) { try self.server(url, more) }
        #expect(error.description.contains(words))
        #expect(!error.description.contains("sec"))
        #expect(error.problems.count == 1)
    }
}
