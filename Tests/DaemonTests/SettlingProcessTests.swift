import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

@Suite("Files that a rule holds back")
struct SettlingProcessTests {
    private static let settings = """
        { "functions": { "f": { "handler": "./f.sh", "writes": [] } },
          "triggers": [
            { "id": "marked", "function": "f", "bucket": "stage-1", "prefix": "out/",
              "marker": "_SUCCESS" },
            { "id": "own", "function": "f", "bucket": "stage-1", "prefix": "own/",
              "marker": "*.done" },
            { "id": "quiet", "function": "f", "bucket": "stage-1", "prefix": "quiet/",
              "quiet": 3600 },
            { "id": "soon", "function": "f", "bucket": "stage-1", "prefix": "soon/",
              "quiet": 0.5 } ] }
        """

    private func flow() throws -> ScriptFlow {
        try ScriptFlow(Self.settings, scripts: ["f": ScriptFlow.note()])
    }

    @Test(
        "are named and left by `up --once`, and taken by a later one once their rule lets them go"
    )
    func once() async throws {
        let flow = try flow()
        for key in ["out/day=1/a.csv", "own/b.csv", "quiet/c.csv", "soon/d.csv"] {
            try flow.drop("1", "stage-1/\(key)")
        }
        let first = try await flow.sluice("up", "--once")
        #expect(first.code == 0, "\(first.errors)")
        #expect(flow.lines() == ["soon/d.csv"])
        for said in [
            "left: stage-1/out/day=1/a.csv, which waits for the marker stage-1/out/day=1/_SUCCESS",
            "left: stage-1/own/b.csv, which waits for the marker stage-1/own/b.csv.done",
            "left: stage-1/quiet/c.csv, which must not change until 20",
        ] {
            #expect(first.text.contains(said), "\(first.text)")
        }
        try flow.drop("", "stage-1/out/_SUCCESS")
        try flow.drop("", "stage-1/own/b.csv.done")
        let second = try await flow.sluice("up", "--once")
        #expect(second.text.contains("versions: 2, runs: 2"))
        #expect(Set(flow.lines()) == ["soon/d.csv", "out/day=1/a.csv", "own/b.csv"])
        let key = ObjectKey(bucket: "stage-1", key: "out/day=1/a.csv")
        let taken = try await flow.ledger().story(of: key, detailed: 0).first?.taken
        #expect(taken == Taken(evidence: "scan", marker: "stage-1/out/_SUCCESS"))
        let soon = ObjectKey(bucket: "stage-1", key: "soon/d.csv")
        let quiet = try await flow.ledger().story(of: soon, detailed: 0).first?.taken
        #expect(quiet?.quietMicroseconds == 500_000)
    }

    @Test("are told of by `status` and `explain`, with the rule, and with what let them go")
    func told() async throws {
        let flow = try flow()
        let daemon = try flow.start("up")
        try flow.drop("1", "stage-1/own/b.csv")
        try flow.drop("1", "stage-1/quiet/c.csv")
        try await until { try await (try? flow.ledger().heldCount()) == 2 }
        let status = try await flow.sluice("status").text
        #expect(status.contains("held back (2)"))
        #expect(status.contains("it waits for the marker stage-1/own/b.csv.done"))
        let explained = try await flow.sluice("explain", "stage-1/quiet/c.csv").text
        #expect(explained.contains("it is held back: it must not change until 20"), "\(explained)")
        try flow.drop("", "stage-1/own/b.csv.done")
        try await until { flow.lines() == ["own/b.csv"] }
        try await until { try await flow.ledger().heldCount() == 1 }
        let story = try await flow.sluice("explain", "stage-1/own/b.csv").text
        let words = story.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(", marker stage-1/own/b.csv.done"), "\(words)")
        let marker = try await flow.sluice("explain", "stage-1/own/b.csv.done").text
        #expect(marker.contains("by its name it is a marker, `*.done`"))
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        // Nothing is held back by a daemon that is gone.
        #expect(try await !flow.sluice("status").text.contains("held back"))
    }

    @Test("are taken once, whenever the daemon is killed before or after their marker comes")
    func killed() async throws {
        let flow = try flow()
        for round in 0..<6 {
            let daemon = try flow.start("up")
            let folder = "stage-1/out/\(round)"
            try flow.drop("\(round)", "\(folder)/a.csv")
            if round % 2 == 0 {
                let key = ObjectKey(bucket: "stage-1", key: "out/\(round)/a.csv")
                try await until {
                    try await (try? flow.ledger().held(limit: 99))?.contains { $0.key == key }
                        == true
                }
            }
            try flow.drop("", "\(folder)/_SUCCESS")
            daemon.send(SIGKILL)
            _ = await daemon.end()
        }
        #expect(try await flow.sluice("up", "--once").code == 0)
        let expected = (0..<6).map { "out/\($0)/a.csv" }
        #expect(Set(flow.lines()) == Set(expected))
        #expect(try await flow.status().functions["f"]?.done == 6)
        #expect(try await flow.status().objects == 6)
    }
}
