import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("A PostgreSQL server that fails")
struct PostgresFaultTests {
    /// A server of its own and buckets, stopped at the end.
    private func withServer(_ body: (PostgresBuckets) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        guard let server = try await PrivatePostgres(in: folder) else { return }
        do {
            try await body(try PostgresBuckets(server))
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    /// Holds up whoever inserts into a table, until the server lets go of it.
    private func holdUp(_ table: String, in buckets: PostgresBuckets) async throws {
        _ = try await buckets.psql(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
            CREATE TRIGGER wait BEFORE INSERT ON \(table) EXECUTE FUNCTION wait()
            """
        )
    }

    /// Few rows are all sent when the server goes; of many, it goes while they are being sent.
    @Test(
        "in the midst of a load loses nothing and leaves nothing half done",
        arguments: ["process", "server"],
        [2, 150_000]
    )
    func restarts(what: String, rows: Int) async throws {
        try await withServer { buckets in
            let first = try await buckets.stage(["t/a.csv": "id,text\n1,x\n"])
            #expect(try await buckets.load(try #require(first.first)).code == 0)
            let event = try #require(
                try await buckets.stage([
                    "t/a.csv": "id,text\n" + (1...rows).map { "\($0),\(Self.filler)\n" }.joined()
                ]).first
            )
            try await holdUp("t", in: buckets)
            let load = try buckets.startLoad(event)
            try await buckets.untilLoadWaits("PgSleep")
            let victim =
                what == "server"
                ? try buckets.server.process()
                : try #require(
                    Int32(
                        try await buckets.server.psql(
                            "SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice load'"
                        ).dropLast()
                    )
                )
            kill(victim, SIGKILL)
            let end = LoadEnd(await load.end())
            #expect(end.code == 75)
            #expect(end.type == "WarehouseAway", "\(end.message)")

            let server = try await buckets.server.restarted()
            try buckets.configure("", url: server.url)
            let look = "SET search_path = \(buckets.schema); "
            // A crashed server answers nobody until it has recovered.
            try await buckets.until { (try? await server.psql("SELECT 1")) != nil }
            #expect(try await server.psql(look + "SELECT id FROM t") == "1\n")
            try await server.psql(look + "DROP TRIGGER wait ON t")
            #expect(try await buckets.load(event).statuses == ["loaded"])
            #expect(
                try await server.psql(look + "SELECT count(*), count(DISTINCT id) FROM t")
                    == "\(rows)|\(rows)\n"
            )
            #expect(
                try await server.psql(
                    look + "SELECT status, rows FROM sluice_loads ORDER BY sequencer"
                )
                    == "replaced|1\nloaded|\(rows)\n"
            )
        }
    }

    private static let filler = String(repeating: "abcdefghij", count: 12)

    @Test("while it commits has the rows or not, and the next try finds out")
    func lostCommit() async throws {
        try await withServer { buckets in
            let first = try await buckets.stage(["t/a.csv": "id\n1\n"])
            #expect(try await buckets.load(try #require(first.first)).code == 0)
            let event = try #require(try await buckets.stage(["t/b.csv": "id\n2\n"]).first)
            // A commit is on disk and waits for a standby that there is not.
            try await buckets.server.psql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            try await buckets.server.psql("SELECT pg_reload_conf()")
            let load = try buckets.startLoad(event)
            try await buckets.untilLoadWaits("SyncRep")
            try await buckets.server.psql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE application_name = 'sluice load'"
            )
            let end = LoadEnd(await load.end())
            #expect(end.code == 75)
            #expect(end.type == "WarehouseAway", "\(end.message)")

            try await buckets.server.psql("ALTER SYSTEM RESET synchronous_standby_names")
            try await buckets.server.psql("SELECT pg_reload_conf()")
            let rows = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"
            #expect(try await buckets.psql(rows) == "1 2\n")
            #expect(try await buckets.load(event).statuses == ["loaded"])
            #expect(try await buckets.psql(rows) == "1 2\n")
        }
    }

    @Test("for want of connections, or because it is away, is waited for")
    func notNow() async throws {
        try await withServer { buckets in
            let event = try #require(try await buckets.stage(["t/a.csv": "id\n1\n"]).first)
            try await buckets.server.psql("CREATE ROLE one LOGIN SUPERUSER PASSWORD 'one'")
            try await buckets.server.psql("ALTER SYSTEM SET max_connections = 4")
            try await buckets.server.psql("ALTER SYSTEM SET superuser_reserved_connections = 0")
            try await buckets.server.psql("ALTER SYSTEM SET max_wal_senders = 0")
            try await buckets.server.stop()
            try buckets.configure("", url: buckets.server.url)
            let away = try await buckets.load(event)
            #expect(away.code == 75)
            #expect(away.type == "WarehouseAway", "\(away.message)")
            #expect(away.message.contains("Connection refused"))

            let server = try await buckets.server.restarted()
            try buckets.configure("", url: server.url)
            var held: [RunningProgram] = []
            while (try? await server.psql("SELECT 1")) != nil {
                held.append(try server.session("SELECT pg_sleep(600)"))
            }
            let full = try await buckets.load(event)
            for session in held { session.send(SIGKILL) }
            for session in held { _ = await session.end() }
            #expect(full.code == 75)
            #expect(full.type == "WarehouseAway", "\(full.message)")
            #expect(full.message.contains("too many clients"))

            // They sleep on without anybody to tell.
            try await server.stop()
            let freed = try await server.restarted()
            try buckets.configure("", url: freed.url)
            #expect(try await buckets.load(event).statuses == ["loaded"])
        }
    }

    @Test("to let anybody in is told to the one who can mend it, without the password")
    func denied() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        let server = buckets.server
        let event = try #require(try await buckets.stage(["t/a.csv": "id\n1\n"]).first)
        try await server.psql(
            """
            DROP ROLE IF EXISTS \(buckets.schema)_r;
            CREATE ROLE \(buckets.schema)_r LOGIN PASSWORD 'r-secret';
            CREATE SCHEMA \(buckets.schema)
            """
        )
        let cases = [
            (
                server.url(user: "sluice", password: "w%72ong-secret"),
                "password authentication failed"
            ),
            (server.url + "_none", "does not exist"),
            (
                server.url(user: buckets.schema + "_r", password: "r-secret"),
                "permission denied for schema \(buckets.schema)"
            ),
        ]
        for (url, words) in cases {
            try buckets.configure("", file: "denied.json", url: url)
            let end = try await buckets.load(event, config: "denied.json")
            #expect(end.code == 1)
            #expect(end.type == "WarehouseDenied", "\(end.message)")
            #expect(end.message.contains(words), "\(end.message)")
            for secret in ["wrong-secret", "r-secret", server.password] {
                #expect(!end.all.contains(secret))
            }
        }
        #expect(try await buckets.load(event).statuses == ["loaded"])
        try await buckets.drop()
        try await server.psql("DROP ROLE \(buckets.schema)_r")
    }

    @Test("to take a value makes a dead letter that names source, column and reason, not the value")
    func refusedValue() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        try await buckets.flow(["t/a.csv": "id,name\n1,one\n"])
        try await buckets.psql("ALTER TABLE t ALTER name SET NOT NULL, ADD CHECK (id < 100)")
        let events = try await buckets.stage([
            "t/b.csv": "id,name\n2,\n", "t/c.csv": "id,name\n123456,x\n",
            "t/d.csv": "id,name\n4,four\n",
        ])
        var ends: [String: LoadEnd] = [:]
        for event in events {
            let end = try await buckets.load(event)
            ends[end.statuses.first ?? (end.message.contains("b.csv") ? "null" : "check")] = end
        }
        for (name, words) in [
            ("null", "for the column name"), ("check", "violates check constraint"),
        ] {
            let end = try #require(ends[name])
            #expect(end.code == 65)
            #expect(end.type == "ValueRefused")
            #expect(end.message.contains(words), "\(end.message)")
            #expect(end.message.contains("stage-1/t/"))
            #expect(!end.message.contains("123456"))
        }
        #expect(ends["loaded"]?.code == 0)
        #expect(
            try await buckets.psql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t") == "1 4\n"
        )
        try await buckets.drop()
    }

    @Test("to give a lock within its time is asked again later")
    func locked() async throws {
        guard let buckets = try await PostgresBuckets() else { return }
        try await buckets.flow(["t/a.csv": "id\n1\n"])
        let event = try #require(try await buckets.stage(["t/b.csv": "id\n2\n"]).first)
        let holder = try buckets.server.session(
            "BEGIN; LOCK TABLE \(buckets.schema).t IN SHARE MODE; SELECT pg_sleep(600)"
        )
        try await buckets.until {
            try await buckets.psql(
                "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode = 'ShareLock'"
            ) == "1\n"
        }
        let end = try await buckets.load(event)
        try await buckets.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 't'::regclass"
        )
        _ = await holder.end()
        #expect(end.code == 75)
        #expect(end.type == "WarehouseBusy", "\(end.message)")
        #expect(try await buckets.load(event).statuses == ["loaded"])
        try await buckets.drop()
    }
}
