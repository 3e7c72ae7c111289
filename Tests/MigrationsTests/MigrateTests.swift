import FoundationEssentials
import TestSupport
import Testing

@Suite("sluice migrate")
struct MigrateTests {
    /// A folder with settings, buckets and scripts.
    private static func project(_ scripts: [String: String]) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(#"{ "migrations": "schema" }"#, to: "functions.json")
        try folder.write("", to: "buckets/stage-1/.keep")
        for (name, sql) in scripts { try folder.write(sql, to: "schema/\(name)") }
        return folder
    }

    private func sluice(
        _ arguments: String...,
        in folder: ScratchFolder
    ) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
    }

    private func ask(_ sql: String, in folder: ScratchFolder) async throws -> String {
        let end = try await sluice("query", "--format", "csv", sql, in: folder)
        #expect(end.code == 0, "\(end.errors)")
        return end.text
    }

    @Test("applies scripts once, repeatable ones again when they changed, others always")
    func applies() async throws {
        let folder = try Self.project([
            "V1.0__t.sql": "CREATE TABLE t (a bigint); INSERT INTO t VALUES (1); -- the end",
            "R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT sum(a) AS total FROM t",
            "A__more.sql": "INSERT INTO t VALUES (10)",
        ])
        let dry = try await sluice("migrate", "--dry-run", in: folder)
        #expect(
            dry.text == """
                pending  V1.0__t.sql  new
                pending  R__v.sql  new
                pending  A__more.sql  always
                3 pending, nothing was changed; the schema has no version yet

                """
        )
        #expect(!folder.holds("buckets/warehouse.duckdb"))
        #expect(try await sluice("migrate", in: folder).code == 0)
        #expect(try await ask("FROM warehouse.v", in: folder) == "total\n11\n")

        try folder.write(
            "CREATE OR REPLACE VIEW v AS SELECT max(a) AS most FROM t",
            to: "schema/R__v.sql"
        )
        let again = try await sluice("migrate", "--json", in: folder)
        #expect(again.code == 0, "\(again.errors)")
        #expect(again.text.contains(#""script":"R__v.sql""#))
        #expect(!again.text.contains("V1.0__t.sql"))
        #expect(again.text.contains(#""version":"1.0""#))
        #expect(try await ask("FROM warehouse.v", in: folder) == "most\n10\n")
        let history = try await ask(
            "SELECT version, description, script, script_type AS kind, status "
                + "FROM warehouse.sluice_changes ORDER BY installed_on",
            in: folder
        )
        #expect(
            history == """
                version,description,script,kind,status
                1.0,t,V1.0__t.sql,V,success
                ,v,R__v.sql,R,success
                ,more,A__more.sql,A,success
                ,v,R__v.sql,R,success
                ,more,A__more.sql,A,success

                """
        )
    }

    @Test(
        "leaves nothing behind of a script that fails, and keeps those before it",
        arguments: [
            ("CREATE TABLE u (a int); SELECT * FROM nowhere", "nowhere"),
            ("CREATE TABLE u (a int); COMMIT; SELECT 1", "transaction"),
            ("CREATE TABLE u (a int", "syntax error"),
        ]
    )
    func fails(sql: String, reason: String) async throws {
        let folder = try Self.project([
            "V1__t.sql": "CREATE TABLE t AS SELECT 1 AS a", "V2__u.sql": sql,
        ])
        let end = try await sluice("migrate", in: folder)
        #expect(end.code == 1)
        #expect(end.text.hasPrefix("applied  V1__t.sql"))
        #expect(end.errors.hasPrefix("V2__u.sql failed and changed nothing"))
        #expect(end.errors.contains(reason))
        let tables =
            "SELECT table_name AS t FROM duckdb_tables() WHERE database_name = 'warehouse' ORDER BY t"
        #expect(try await ask(tables, in: folder) == "t\nsluice_changes\nt\n")
        try folder.write("CREATE TABLE u AS SELECT 2 AS a", to: "schema/V2__u.sql")
        #expect(try await sluice("migrate", in: folder).text.hasPrefix("applied  V2__u.sql"))
    }

    @Test("refuses a script that changed after it was applied, and one that comes too late")
    func refuses() async throws {
        let folder = try Self.project(["V2__t.sql": "CREATE TABLE t AS SELECT 1 AS a"])
        #expect(try await sluice("migrate", in: folder).code == 0)
        try folder.write("CREATE TABLE t AS SELECT 2 AS a", to: "schema/V2__t.sql")
        try folder.write("CREATE TABLE s AS SELECT 1 AS a", to: "schema/V1__s.sql")
        for arguments in [["migrate"], ["migrate", "--dry-run"]] {
            let end = try await run(
                builtProgram(named: "sluice"),
                arguments,
                environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
                folder: folder.path
            )
            #expect(end.code == 1)
            #expect(end.errors.contains("V2__t.sql was applied with the checksum"))
            #expect(end.errors.contains("V1__s.sql comes before V2__t.sql"))
        }
    }

    @Test("is done by load before rows; rows wait for scripts that fail")
    func loads() async throws {
        let folder = try Self.project([
            "V1__people.sql":
                "CREATE TABLE people (name varchar, age bigint, _source varchar, _seq bigint)",
            "V2__adults.sql": "CREATE VIEW adults AS SELECT name FROM peopel WHERE age > 17",
        ])
        try folder.write("name,age\nAda,36\nTim,7\n", to: "buckets/stage-1/people/a.csv")
        let stuck = try await sluice("up", "--once", in: folder)
        #expect(stuck.code == 1)
        #expect(stuck.errors.contains("MigrationFailed"))
        #expect(try await sluice("status", in: folder).code == 0, "a dead letter")

        try folder.write(
            "CREATE VIEW adults AS SELECT name FROM people WHERE age > 17",
            to: "schema/V2__adults.sql"
        )
        let end = try await sluice("up", "--once", in: folder)
        #expect(end.code == 0, "\(end.errors)")
        #expect(try await ask("FROM warehouse.adults", in: folder) == "name\nAda\n")
    }

    @Test("makes indexes that outlast a table's new columns; load runs no script without need")
    func indexes() async throws {
        let folder = try Self.project([
            "V1__people.sql": """
            CREATE TABLE people (name varchar, _source varchar, _seq bigint);
            CREATE UNIQUE INDEX people_by_name ON people (name);
            CREATE TABLE runs (began timestamptz)
            """,
            "A__runs.sql": "INSERT INTO runs VALUES (now())",
        ])
        try folder.write("name\nAda\n", to: "buckets/stage-1/people/a.csv")
        #expect(try await sluice("up", "--once", in: folder).code == 0)
        try folder.write("name,born\nTim,2001-02-03\n", to: "buckets/stage-1/people/b.csv")
        #expect(try await sluice("up", "--once", in: folder).code == 0)
        let people = "SELECT name, born FROM warehouse.people ORDER BY name"
        #expect(try await ask(people, in: folder) == "name,born\nAda,\nTim,2001-02-03\n")
        let indexes =
            "SELECT index_name AS i FROM duckdb_indexes() WHERE database_name = 'warehouse'"
        #expect(try await ask(indexes, in: folder) == "i\npeople_by_name\n")
        #expect(try await ask("SELECT count(*) AS n FROM warehouse.runs", in: folder) == "n\n1\n")
    }

    @Test("needs the setting, and the folder")
    func needs() async throws {
        let folder = try Self.project([:])
        let missing = try await sluice("migrate", in: folder)
        #expect(missing.code == 2)
        #expect(missing.errors.contains("functions.json: migrations: there is no folder"))
        #expect(try await sluice("check", in: folder).code == 2)
        try folder.write("{}", to: "functions.json")
        let unset = try await sluice("migrate", in: folder)
        #expect(unset.code == 2)
        #expect(unset.errors.contains("has no `migrations`"))
    }
}
