import Events
import TestSupport
import Testing

@Suite("A flow that is as it should be")
struct CleanFlowTests {
    @Test("has no findings after any of its steps, quick or not")
    func steps() async throws {
        let flow = try await PreparedFlow.made(steps: 0)
        for step in PreparedFlow.steps {
            try await PreparedFlow.apply(step, to: flow)
            #expect(try await flow.findings() == [], "after \(step.name)")
            #expect(try await flow.findings(["--quick"]) == [], "quick, after \(step.name)")
        }
        let before = try flow.version("orders")
        let compacted = try await flow.sluice(["compact"])
        #expect(compacted.code == 0, "\(compacted.errors)")
        try await flow.up()
        #expect(try flow.version("orders") == before + 1)
        #expect(try await flow.findings() == [], "after compaction")
        let cleaned = try await flow.sluice(["vacuum", "--retention-hours", "0"])
        #expect(cleaned.text.contains("orders: "), "\(cleaned.errors)")
        #expect(try await flow.findings() == [], "after clean-up")
        let checked = try #require(try await flow.verify()["checked"])
        #expect(checked["tables"]?.integer == 12)
        #expect(checked["deadLetters"]?.integer == 2)
        #expect(checked["objects"]?.integer ?? 0 > 20)
    }
}
