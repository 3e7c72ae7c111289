import FoundationEssentials
import TestSupport
import Testing

@Suite("Removing data files that are no longer needed")
struct VacuumTests {
    @Test("keeps every state within the retention, and the newest in any case")
    func retention() async throws {
        let flow = try HandFlow(settings: "{}")
        _ = try await CompactionTests.fill(flow, names: ["a", "b", "c"])
        let rows = try await flow.rows(of: "lake.t")
        #expect(try await flow.compact() == "compacted")
        #expect(try flow.dataFiles().count == 4)

        // All is young, then the joined files' own commit alone.
        #expect(try await flow.vacuum() == 0)
        for version in 0..<3 { try flow.date(version, daysAgo: 10 - version) }
        #expect(try await flow.vacuum() == 0)
        #expect(try await flow.rowCount(asOf: 2) == "6")
        #expect(try await flow.vacuum("--retention-hours", "300") == 0)

        // The state of 7 days ago is that of the joined files.
        try flow.date(3, daysAgo: 8)
        #expect(try await flow.vacuum("--dry-run") == 3)
        #expect(try flow.dataFiles().count == 4)
        #expect(try await flow.vacuum("--retention-hours", "200") == 0)
        #expect(try await flow.vacuum() == 3)
        #expect(try flow.dataFiles().count == 1)
        #expect(try await flow.rows(of: "lake.t") == rows)
        #expect(try await flow.rowCount(asOf: 3) == "6")
        #expect(try await flow.rowCount(asOf: 2) == nil)
        #expect(try await flow.vacuum() == 0)
    }

    @Test("goes by the table's own setting")
    func setting() async throws {
        let flow = try HandFlow(settings: #"{"retentionHours": 0}"#)
        _ = try await CompactionTests.fill(flow, names: ["a", "b"])
        #expect(try await flow.compact() == "compacted")
        #expect(try await flow.vacuum() == 2)
        #expect(try await flow.rows(of: "lake.t").count == 4)
    }

    @Test("takes what no commit names only when nobody can be writing it any more")
    func unnamed() async throws {
        let flow = try HandFlow(settings: #"{"partitionBy": ["part"]}"#)
        _ = try await CompactionTests.fill(flow, names: ["a"])
        let names = ["part=p/part-x.zstd.parquet", "compact-x.parquet", ".sample-x.parquet"]
        for name in names + ["notes.txt", "_other/x.parquet"] {
            try flow.write("?", beside: "buckets/lake/t/\(name)")
        }
        #expect(try await flow.vacuum("--retention-hours", "0") == 0)
        let past = Date(timeIntervalSinceNow: -3 * 86_400)
        for name in names + ["notes.txt", "_other/x.parquet"] {
            try FileManager.default.setAttributes(
                [.modificationDate: past],
                ofItemAtPath: flow.path("buckets/lake/t/\(name)")
            )
        }
        #expect(try await flow.vacuum() == 0)
        #expect(try await flow.vacuum("--retention-hours", "24") == 3)
        let left = try flow.dataFiles()
        #expect(left.count == 4)
        #expect(left.contains("notes.txt") && left.contains("_other/x.parquet"))
    }
}

extension HandFlow {
    /// Lets a commit say that it is some days old.
    fileprivate func date(_ version: Int, daysAgo days: Int) throws {
        let name = "buckets/lake/t/_delta_log/0000000000000000000\(version).json"
        let text = String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
        let start = try #require(text.firstRange(of: "\"timestamp\":")).upperBound
        let rest = text[start...].drop { $0.isNumber }
        let time = Int64((Date().timeIntervalSince1970 - Double(days) * 86_400) * 1000)
        try write("\(text[..<start])\(time)\(rest)", beside: name)
    }
}
