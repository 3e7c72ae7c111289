import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("Several at one PostgreSQL warehouse")
struct PostgresConcurrencyTests {
    @Test("load the same version once")
    func sameVersion() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let events = try await buckets.stage([
            "t/a.csv": "id\n1\n2\n", "t/b.csv": "id\n3\n", "u/c.csv": "id\n4\n",
        ])
        // Also the first ones of all, which make the schema and the history.
        let loads = try (events + events + events).map { try buckets.startLoad($0) }
        for load in loads {
            let end = LoadEnd(await load.end())
            #expect(end.code == 0, "\(end.all)")
            #expect(end.statuses == ["loaded"])
        }
        #expect(
            try await buckets.psql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t")
                == "1 2 3\n"
        )
        #expect(try await buckets.psql("SELECT id FROM u") == "4\n")
        #expect(try await buckets.psql("SELECT count(*) FROM sluice_loads") == "3\n")
        try await buckets.drop()
    }

    @Test("are not held up by a load that was killed, once the server knows")
    func killedLoad() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        try await buckets.flow(["t/a.csv": "id\n1\n"])
        let event = try #require(try await buckets.stage(["t/a.csv": "id\n2\nx\n"]).first)
        let holder = try buckets.server.session(
            "BEGIN; LOCK TABLE \(buckets.schema).t IN SHARE MODE; SELECT pg_sleep(600)"
        )
        try await buckets.until {
            try await buckets.psql(
                "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted"
            ) == "1\n"
        }
        let load = try buckets.startLoad(event)
        try await buckets.until {
            try await buckets.psql(
                "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND NOT granted"
            ) != "0\n"
        }
        load.send(SIGKILL)
        _ = await load.end()
        try await buckets.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 't'::regclass"
        )
        _ = await holder.end()
        #expect(try await buckets.psql("SELECT id FROM t") == "1\n")
        #expect(try await buckets.load(event).statuses == ["loaded"])
        #expect(try await buckets.psql("SELECT string_agg(id, ' ' ORDER BY id) FROM t") == "2 x\n")
        #expect(
            try await buckets.psql(
                "SELECT count(*) FROM pg_tables WHERE schemaname = '\(buckets.schema)'"
            ) == "2\n"
        )
        try await buckets.drop()
    }

    @Test("are let load at the same time by the settings, which hold no password of theirs")
    func settings() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let masked = buckets.server.url.replacing(buckets.server.password, with: "${PASSWORD}")
        try buckets.configure(
            #""functions": {"load": {"concurrency": 3}}, "triggers": [],"#,
            url: masked
        )
        let variables = ["PASSWORD": buckets.server.password]
        let check = try await buckets.sluice("check", "--json", more: variables)
        #expect(check.code == 0, "\(check.errors)")
        let resolved = try JSONValue(parsing: check.text)
        #expect(resolved["functions"]?["load"]?["concurrency"]?.integer == 3)
        #expect(resolved["warehouseSchema"]?.string == buckets.schema)
        #expect(resolved["warehouse"]?.string?.hasPrefix("postgres://sluice@127.0.0.1:") == true)
        #expect(!check.text.contains(buckets.server.password))
        #expect(try await buckets.sluice("check").text.contains("PASSWORD is not set"))

        // The handlers find the password that only `up` was given.
        try buckets.configure("", url: masked)
        try buckets.folder.write("id\n1\n", to: "buckets/stage-1/t/a.csv")
        let end = try await buckets.sluice("up", "--once", more: variables)
        #expect(end.code == 0, "\(end.errors)")
        #expect(try await buckets.psql("SELECT id FROM t") == "1\n")
        for file in try buckets.folder.files(in: "buckets/.sluice/logs") {
            let log = try buckets.folder.text("buckets/.sluice/logs/\(file)")
            #expect(!log.contains(buckets.server.password))
        }
        try await buckets.drop()
    }
}
