import FoundationEssentials
import FunctionConfig
import TestSupport
import Testing

@Suite("A migration's name")
struct ScriptNameTests {
    @Test(
        "says when it is applied",
        arguments: [
            ("V1.0__users.sql", "V", "1.0", "users"),
            ("v2_1__two_words.SQL", "V", "2.1", "two words"),
            ("V20260101__by day.sql", "V", "20260101", "by day"),
            ("reports/R__by_year.sql", "R", nil, "by year"),
            ("A__grants.sql", "A", nil, "grants"),
        ] as [(String, String, String?, String)]
    )
    func says(path: String, kind: String, version: String?, description: String) throws {
        let script = try #require(MigrationScript(path: path))
        #expect(script.kind.rawValue == kind)
        #expect(script.version?.description == version)
        #expect(script.description == description)
    }

    @Test(
        "is refused if it says nothing",
        arguments: [
            "V1.0_users.sql", "V__users.sql", "V1.0__.sql", "V1.x__users.sql", "V1..0__users.sql",
            "V-1__users.sql", "R1__users.sql", "B1__users.sql", "__users.sql", "V1__users.txt",
        ]
    )
    func refuses(path: String) { #expect(MigrationScript(path: path) == nil) }

    @Test("orders by kind, then by version, number by number, or by description")
    func orders() {
        let names = [
            "A__a.sql", "R__b.sql", "V1.10__x.sql", "R__a.sql", "V1.9__y.sql", "V1__z.sql",
            "V2__a.sql",
        ]
        let ordered = names.compactMap { MigrationScript(path: $0) }.sorted().map(\.name)
        #expect(
            ordered == [
                "V1__z.sql", "V1.9__y.sql", "V1.10__x.sql", "V2__a.sql", "R__a.sql", "R__b.sql",
                "A__a.sql",
            ]
        )
        #expect(SchemaVersion("1") == SchemaVersion("1.0.0"))
    }

    @Test("is looked for in folders below, and every problem is told at once")
    func folder() throws {
        let scratch = try ScratchFolder()
        for name in ["V1__a.sql", "more/R__b.sql", "README.md", ".git/V1__a.sql"] {
            try scratch.write("SELECT 1", to: name)
        }
        let folder = try MigrationFolder(path: scratch.path)
        #expect(folder.scripts.map(\.path) == ["V1__a.sql", "more/R__b.sql"])
        let link = try ScratchFolder().path + ".link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        #expect(try MigrationFolder(path: link) == folder)

        for name in ["more/V1.0__c.sql", "R__b.sql", "V2_d.sql"] {
            try scratch.write("SELECT 1", to: name)
        }
        let error = #expect(throws: FunctionConfigError.self) {
            try MigrationFolder(path: scratch.path)
        }
        let problems = try #require(error).problems.map(\.problem)
        #expect(
            problems == [
                "`V2_d.sql` is no name of a migration",
                "`V1__a.sql` and `more/V1.0__c.sql` have the same version",
                "`R__b.sql` and `more/R__b.sql` have the same name",
            ]
        )
    }
}
