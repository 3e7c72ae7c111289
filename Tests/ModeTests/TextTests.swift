import FoundationEssentials
import Testing

@Suite("Earlier text that a wider column needs")
struct TextTests {
    @Test("is all looked for before any of it is made again")
    func looksFirst() async throws {
        let flow = try HandFlow(settings: "{}")
        let kept = try await flow.split("kept", [Row(id: "k1", part: "p", value: "1")])
        let lost = try await flow.split("lost", [Row(id: "k2", part: "p", value: "2")])
        let wide = try await flow.split("wide", [Row(id: "k3", part: "p", value: "text")])
        try await flow.crawl([kept, lost])
        try await flow.invoke("convert", [kept, lost])
        for version in [kept, lost] { try flow.removeChunk(of: version) }
        try flow.remove(object: lost.source)
        try await flow.crawl([wide])

        #expect(try await flow.failures(of: "convert", [wide]) == ["TextGone"])
        #expect(!flow.hasChunk(of: kept))

        try flow.write(lost.rows, to: lost.source)
        #expect(try await flow.failures(of: "convert", [wide]) == [])
        #expect(flow.hasChunk(of: kept))
        #expect(try await flow.rows(of: "lake.t").count == 3)
    }
}
