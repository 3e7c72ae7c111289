import FoundationEssentials
import Testing

@Suite("Rows that come back when others are taken out")
struct RetractedTextTests {
    @Test(
        "are refused as a whole where their text is gone",
        arguments: [TableMode.upsert, .replacePartitions, .replace]
    )
    func textGone(mode: TableMode) async throws {
        let flow = try HandFlow(settings: mode.settings(with: #""onDelete": "retract""#))
        let old = try await flow.split("old", [Row(id: "k1", part: "p", value: "1")])
        let new = try await flow.split("new", [Row(id: "k1", part: "p", value: "2")])
        try await flow.crawl([old, new])
        for version in [old, new] {
            try await flow.invoke("convert", [version])
            try await flow.invoke("load", [version])
        }
        let before = try await flow.rows(of: "lake.t")
        #expect(before.count == 1)
        try flow.removeChunk(of: old)
        try flow.remove(object: old.source)
        let removal = try await flow.remove("new")
        try await flow.crawl([removal])
        for (function, table) in [("convert", "lake.t"), ("load", "warehouse.t")] {
            #expect(try await flow.failures(of: function, [removal]) == ["TextGone"])
            #expect(try await flow.rows(of: table) == before)
        }
        try flow.write(old.rows, to: old.source)
        for (function, table) in [("convert", "lake.t"), ("load", "warehouse.t")] {
            #expect(try await flow.failures(of: function, [removal]) == [])
            #expect(try await flow.rows(of: table) == ["k1,p,1,\(old.source),\(old.sequencer)"])
        }
    }

    @Test("do not need the text of versions that came later")
    func laterText() async throws {
        let flow = try HandFlow(
            settings: TableMode.upsert.settings(with: #""onDelete": "retract""#)
        )
        let first = try await flow.split("first", [Row(id: "k1", part: "p", value: "1")])
        let later = try await flow.split("later", [Row(id: "k2", part: "p", value: "2")])
        try await flow.crawl([first, later])
        try await flow.invoke("convert", [first, later])
        try await flow.invoke("load", [first, later])
        try flow.removeChunk(of: later)
        try flow.remove(object: later.source)
        let removal = try await flow.remove("first")
        try await flow.crawl([removal])
        for (function, table) in [("convert", "lake.t"), ("load", "warehouse.t")] {
            try await flow.invoke(function, [removal])
            #expect(try await flow.rows(of: table) == ["k2,p,2,\(later.source),\(later.sequencer)"])
        }
    }

    @Test(
        "leave rows of other programs and bad rows of other files alone, and no bad rows of their own"
    )
    func quarantines() async throws {
        let flow = try HandFlow(
            settings:
                #"{"columns": {"id": "string", "part": "string", "value": "int"}, "onDelete": "retract"}"#
        )
        let row = Row(id: "k1", part: "p", value: "1")
        let bad = Row(id: "k2", part: "p", value: "bad")
        let gone = try await flow.split("gone", [row, bad])
        let stays = try await flow.split("stays", [row, bad])
        try await flow.crawl([gone, stays])
        try await flow.invoke("convert", [gone, stays])
        try await flow.invoke("load", [gone, stays])
        #expect(flow.quarantined("gone").count == 2)
        let removal = try await flow.remove("gone")
        try await flow.crawl([removal])
        try await flow.invoke("convert", [removal])
        try await flow.invoke("load", [removal])
        #expect(flow.quarantined("gone").isEmpty)
        #expect(flow.quarantined("stays").count == 2)
        #expect(try await flow.rows(of: "lake.t").count == 1)
    }
}

extension HandFlow {
    /// The files of bad rows of a file.
    fileprivate func quarantined(_ name: String) -> [String] {
        let folder = path("buckets/quarantine/t/\(name).csv")
        return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
