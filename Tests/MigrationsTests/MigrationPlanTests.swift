import FunctionConfig
import Testing

@testable import Migrations

@Suite("What is to be done to a schema")
struct MigrationPlanTests {
    private static func migration(_ path: String, _ content: String = "1") throws -> ReadMigration {
        let script = try #require(MigrationScript(path: path))
        return ReadMigration(script: script, content: Array(content.utf8))
    }

    private static func change(_ path: String, _ content: String = "1") throws -> AppliedChange {
        let migration = try migration(path, content)
        return AppliedChange(
            version: migration.script.version,
            script: migration.script.name,
            checksum: migration.checksum
        )
    }

    private func pending(_ plan: MigrationPlan) -> [String] {
        plan.pending.map { "\($0.migration.script.path) \($0.reason)" }
    }

    @Test("is everything, where nothing was applied")
    func everything() throws {
        let scripts = try ["V1__a.sql", "R__b.sql", "A__c.sql"].map { try Self.migration($0) }
        let plan = MigrationPlan(scripts, history: [])
        #expect(pending(plan) == ["V1__a.sql new", "R__b.sql new", "A__c.sql always"])
        #expect(plan.version == nil)
    }

    @Test("is what is new, changed or always applied")
    func rest() throws {
        let scripts = try [
            Self.migration("V1__a.sql"), Self.migration("V1.2__b.sql"), Self.migration("R__c.sql"),
            Self.migration("R__d.sql", "2"), Self.migration("A__e.sql"),
        ]
        // Renamed, moved and written with another number of zeros, a version stays itself.
        let history = try [
            Self.change("old/V1.0__other.sql"), Self.change("R__d.sql", "1"),
            Self.change("R__c.sql", "0"), Self.change("R__c.sql"), Self.change("A__e.sql"),
        ]
        let plan = MigrationPlan(scripts, history: history)
        #expect(pending(plan) == ["V1.2__b.sql new", "R__d.sql changed", "A__e.sql always"])
        #expect(plan.version == SchemaVersion("1"))
        #expect(plan.problems.isEmpty)
    }

    @Test("is nothing while an applied file is changed or a new one comes too late")
    func problems() throws {
        let scripts = try [
            Self.migration("V1__a.sql", "2"), Self.migration("V1.1__b.sql"),
            Self.migration("V2__c.sql"), Self.migration("V3__d.sql"),
        ]
        let history = try [Self.change("V1__a.sql"), Self.change("V2__c.sql")]
        let plan = MigrationPlan(scripts, history: history)
        #expect(plan.pending.isEmpty)
        #expect(plan.problems.count == 2)
        let (first, second) = (history[0].checksum, scripts[0].checksum)
        #expect(plan.problems[0].contains("V1__a.sql was applied with the checksum \(first)"))
        #expect(plan.problems[0].contains("has \(second) now"))
        #expect(plan.problems[1].hasPrefix("V1.1__b.sql comes before V2__c.sql"))
    }
}
