import DeltaTable
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("A table whose files are joined")
struct CompactionTests {
    @Test("is what its mode says, whatever comes before and after", arguments: TableMode.allCases)
    func followsMode(mode: TableMode) async throws {
        var random = SeededGenerator(seed: mode.seed + 100)
        let flow = try HandFlow(settings: mode.settings)
        var versions: [HandFlow.Version] = []
        for number in 0..<9 {
            let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
            let rows = Row.some(of: number, using: &random)
            versions.append(try await flow.split(name, rows))
        }
        for batch in OrderTests.batches(versions, using: &random) {
            try await flow.crawl(batch)
            try await flow.invoke("convert", batch)
            let before = try await flow.rows(of: "lake.t")
            try await flow.compact()
            #expect(try await flow.rows(of: "lake.t") == before)
            let files = try flow.snapshot().files
            #expect(Set(files.map(\.partitionValues)).count == files.count)
        }
        #expect(try await flow.rows(of: "lake.t") == mode.table(of: versions).sorted())
        #expect(try await flow.compact() == "unchanged")
        // What is there already changes nothing when it comes again.
        try await flow.invoke("convert", versions)
        #expect(try await flow.rows(of: "lake.t") == mode.table(of: versions).sorted())
    }

    @Test("changes no data by its log, and gives way to a version with fewer rows")
    func log() async throws {
        let flow = try HandFlow(settings: "{}")
        var versions = try await Self.fill(flow, names: ["a", "b", "c"])
        let before = try await flow.rows(of: "lake.t")
        #expect(try await flow.compact() == "compacted")
        #expect(try await flow.rows(of: "lake.t") == before)
        let log = DeltaLog(table: flow.path("buckets/lake/t"))
        let actions = try #require(try log.actions(at: 3))
        var added = 0
        var removed = 0
        for action in actions {
            switch action {
            case .add(let file):
                added += 1
                #expect(!file.dataChange)
                #expect(file.recordCount == 6)
            case .remove(let file):
                removed += 1
                #expect(!file.dataChange)
            case .commitInfo(let info): #expect(info.operation == "OPTIMIZE")
            default: Issue.record("\(action)")
            }
        }
        #expect([added, removed] == [1, 3])

        let newer = try await flow.split("b", [Row(id: "k9", part: "q", value: "9")])
        try await flow.crawl([newer])
        try await flow.invoke("convert", [newer])
        versions.removeAll { $0.source == newer.source }
        let expected = TableMode.append.table(of: versions + [newer]).sorted()
        #expect(expected.count == 5)
        #expect(try await flow.rows(of: "lake.t") == expected)
    }

    @Test("holds the same rows and no other files when a run was cut off at any step")
    func cutOff() async throws {
        let flow = try HandFlow(settings: #"{"partitionBy": ["part"]}"#)
        _ = try await Self.fill(flow, names: ["a", "b", "c"])
        let rows = try await flow.rows(of: "lake.t")
        let old = try flow.dataFiles()
        #expect(try await flow.compact() == "compacted")
        let made = try flow.dataFiles().filter { !old.contains($0) }
        #expect(made.count == 2)
        let name = try #require(made.first?.split(separator: "/").last)
        let mark = name.dropFirst("part-".count).prefix(16)
        let note = "buckets/.sluice/writing/t/\(mark).json"
        let commit = "buckets/lake/t/_delta_log/00000000000000000003.json"

        // Cut off behind the commit: the files are the table's.
        try flow.write(#"{"version":2}"#, beside: note)
        #expect(try await flow.compact() == "unchanged")
        #expect(try await flow.rows(of: "lake.t") == rows)
        #expect(!FileManager.default.fileExists(atPath: flow.path(note)))

        // Cut off before the commit, with one file unfinished and a sample left.
        try flow.write(#"{"version":2}"#, beside: note)
        try FileManager.default.removeItem(atPath: flow.path(commit))
        try flow.write("PAR1", beside: "buckets/lake/t/\(made[0])")
        try flow.write("PAR1", beside: "buckets/lake/t/.sample-part-\(mark)-1.parquet")
        #expect(try await flow.rows(of: "lake.t") == rows)
        #expect(try await flow.compact() == "compacted")
        #expect(try await flow.rows(of: "lake.t") == rows)
        let named = try flow.snapshot().files.map(\.filePath)
        #expect(Set(try flow.dataFiles()) == Set(old + named))
    }

    @Test("survives kills", arguments: ["note", "file", "commit"])
    func killed(step: String) async throws {
        let flow = try HandFlow(settings: #"{"partitionBy": ["part"]}"#)
        _ = try await Self.fill(flow, names: ["a", "b", "c", "d"])
        let rows = try await flow.rows(of: "lake.t")
        let old = try flow.dataFiles()
        let notes = flow.path("buckets/.sluice/writing/t")
        func isNoted() -> Bool {
            let names = try? FileManager.default.contentsOfDirectory(atPath: notes)
            return names?.contains { $0.hasSuffix(".json") } ?? false
        }
        let commit = flow.path("buckets/lake/t/_delta_log/00000000000000000004.json")
        let run = try flow.start("compact", event: #"{"tables":["t"]}"#)
        // Whether the kill comes in time or not, nothing may be lost or left.
        while kill(run.process, 0) == 0, !Self.isOver(run) {
            switch step {
            case "note": if isNoted() { run.send(SIGKILL) }
            case "file": if try flow.dataFiles().count > old.count { run.send(SIGKILL) }
            default: if FileManager.default.fileExists(atPath: commit) { run.send(SIGKILL) }
            }
        }
        _ = await run.end()
        #expect(try await flow.rows(of: "lake.t") == rows)
        try await flow.compact()
        #expect(try await flow.rows(of: "lake.t") == rows)
        let named = try flow.snapshot().files.map(\.filePath)
        #expect(named.count == 2)
        #expect(Set(try flow.dataFiles()) == Set(old + named))
        #expect(!isNoted())
    }

    /// Whether a program has ended and only its entry is left.
    private static func isOver(_ run: RunningProgram) -> Bool {
        let path = "/proc/\(run.process)/stat"
        guard let text = try? Data(contentsOf: URL(filePath: path)) else { return true }
        return String(decoding: text, as: UTF8.self).split(separator: ")").last?.hasPrefix(" Z")
            ?? true
    }

    /// A version of two rows for each name, each converted by itself.
    static func fill(_ flow: HandFlow, names: [String]) async throws -> [HandFlow.Version] {
        var versions: [HandFlow.Version] = []
        for (number, name) in names.enumerated() {
            let rows = ["p", "q"].map { Row(id: "k\(number)", part: $0, value: "\(number)") }
            let version = try await flow.split(name, rows)
            try await flow.crawl([version])
            try await flow.invoke("convert", [version])
            versions.append(version)
        }
        return versions
    }
}
