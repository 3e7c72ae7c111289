import Events
import Glibc
import TestSupport
import Testing

@Suite("Derived tables in the flow")
struct DerivedTableTests {
    private static let settings = #"{"tables": {"n": {"from": ["calls"], "query": "n.sql"}}}"#

    private func rows(_ flow: RealFlow, _ table: String) async throws -> String {
        try await flow.sluice("query", "FROM \(table)").text
    }

    @Test("are made of what is there when settings name them, and again when the query changes")
    func newSettings() async throws {
        let flow = try RealFlow("{}")
        try flow.drop("zip\n1\n2\n", "stage-1/calls/a.csv")
        try await flow.sluice("up", "--once")
        try flow.folder.write("SELECT count(*) AS n FROM calls", to: "n.sql")
        try flow.folder.write(Self.settings, to: "functions.json")
        try await flow.sluice("up", "--once")
        #expect(try await rows(flow, "warehouse.n") == "n\n2\n")
        try flow.folder.write("SELECT count(*) + 40 AS n FROM calls", to: "n.sql")
        try await flow.sluice("up", "--once")
        #expect(try await rows(flow, "warehouse.n") == "n\n42\n")
        let idle = try await flow.sluice("up", "--once")
        #expect(idle.text.contains("runs: 0"), "\(idle.text)")
        #expect(try await flow.sluice("verify").code == 0)
    }

    @Test("take no files")
    func files() async throws {
        let flow = try RealFlow(Self.settings)
        try flow.folder.write("SELECT count(*) AS n FROM calls", to: "n.sql")
        try flow.drop("zip\n1\n", "stage-1/calls/a.csv")
        try flow.drop("n\n7\n", "stage-1/n/b.csv")
        #expect(try await flow.sluice("up", "--once").code == 1)
        let status = try await flow.sluice("status").flat
        #expect(status.contains("1 dead letter of split: DerivedTable"), "\(status)")
        #expect(try await rows(flow, "lake.n") == "n\n1\n")
    }

    @Test("follow a schedule, and only then")
    func schedule() async throws {
        let flow = try RealFlow(
            #"{"tables": {"n": {"from": ["calls"], "query": "n.sql", "refresh": "rate(1 second)"}}}"#
        )
        try flow.folder.write("SELECT count(*) AS n FROM calls", to: "n.sql")
        try flow.drop("zip\n1\n2\n", "stage-1/calls/a.csv")
        try await flow.sluice("up", "--once")
        #expect(!flow.folder.holds("buckets/lake/n"))
        let daemon = try flow.start("up")
        try await flow.waitFor { try await rows(flow, "warehouse.n") == "n\n2\n" }
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        let status = try await flow.facts("status")
        #expect(status["deadLetters"]?.integer == 0)
    }

    @Test("are told of by `tables` and by `check`")
    func described() async throws {
        let flow = try RealFlow(Self.settings)
        let missing = try await flow.sluice("check")
        #expect(missing.code == 2)
        #expect(missing.text.contains("tables.n.query"), "\(missing.text)")
        try flow.folder.write("SELECT count(*) AS n FROM calls", to: "n.sql")
        let checked = try await flow.facts("check")
        #expect(checked["tables"]?["n"]?["from"]?.array == [.string("calls")])
        #expect(checked["tables"]?["n"]?["refresh"]?.string == "on-commit")
        try flow.drop("zip\n1\n", "stage-1/calls/a.csv")
        try await flow.sluice("up", "--once")
        let table = try await flow.facts("tables", "n")
        #expect(table["derived"]?["from"]?.array == [.string("calls")])
        #expect(table["columns"]?.array?.first?["origin"]?.string == "query")
        #expect(try await flow.sluice("tables").flat.contains("n derived 1 1"))
    }
}
