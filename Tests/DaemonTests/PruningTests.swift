import Events
import FoundationEssentials
import Ledger
import TestSupport
import Testing

@testable import Daemon

@Suite("What is over for longer than the retention", .serialized)
struct PruningTests {
    /// Lets all that the ledger holds have happened a number of days ago.
    private func age(_ flow: ScriptFlow, days: Int) async throws {
        let program = """
            import sqlite3, sys
            ledger = sqlite3.connect(sys.argv[1])
            past = int(sys.argv[2]) * 86400000000
            for table, column in [("runs", "started_at_us"), ("runs", "ended_at_us"),
                    ("deliveries", "recorded_at_us"), ("deliveries", "ended_at_us"),
                    ("records", "recorded_at_us"), ("settings", "value")]:
                which = " WHERE name = 'pruned_at'" if table == "settings" else ""
                ledger.execute(f"UPDATE {table} SET {column} = {column} - ?{which}", (past,))
            ledger.commit()
            """
        let end = try await run(
            "/usr/bin/env",
            ["python3", "-c", program, flow.buckets.ledgerPath, "\(days)"]
        )
        try #require(end.code == 0, "\(end.errors)")
    }

    private func flow(_ more: String = "") throws -> ScriptFlow {
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "writes": [], "retryDelays": [0],
                "onSuccess": { "bucket": "results" } } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" } ] \(more) }
            """
        return try ScriptFlow(
            settings,
            scripts: ["f": "echo run >>seen; test -e good || exit 65"]
        )
    }

    @Test("is forgotten by `up --once`, and `explain` says so; nothing is handled again")
    func once() async throws {
        let flow = try flow()
        try flow.drop("x", "stage-1/t/dead")
        try await flow.once()
        try flow.folder.write("", to: "good")
        for content in ["1", "2"] {
            try flow.drop(content, "stage-1/t/a")
            try await flow.once()
        }
        #expect(flow.lines().count == 3)
        try await age(flow, days: 29)
        try await flow.once()
        #expect(try await flow.ledger().newestRuns(ofFunction: nil, limit: 9).count == 3)

        try await age(flow, days: 29)
        let summary = try await flow.once()
        #expect(summary.versions == 0)
        #expect(flow.lines().count == 3)
        // The run of the dead letter stays, and so does the dead letter.
        let left = try await flow.ledger().newestRuns(ofFunction: nil, limit: 9)
        #expect(left.map(\.errorType) == ["Runtime.ExitError"])
        #expect(try await flow.ledger().deadLetters().count == 1)
        let key = ObjectKey(bucket: "stage-1", key: "t/a")
        #expect(try await flow.ledger().story(of: key, detailed: nil).count == 1)
        let story = try await flow.sluice("explain", "stage-1/t/a").text
        #expect(story.contains("its runs are not known any more (`retention`"))
        try flow.drop("1", "stage-1/t/a")
        try await flow.once()
        #expect(flow.lines().count == 4)
    }

    @Test("is kept for ever where the settings say so")
    func forever() async throws {
        let flow = try flow(#", "retention": false"#)
        try flow.folder.write("", to: "good")
        try flow.drop("x", "stage-1/t/a")
        try await flow.once()
        try await age(flow, days: 20_000)
        try await flow.once()
        #expect(try await flow.ledger().newestRuns(ofFunction: nil, limit: 9).count == 1)
    }

    @Test("is removed from the logs, with the folders of days that are empty then")
    func logs() throws {
        let folder = try ScratchFolder()
        let now: Int64 = 1_795_259_775_000_000
        let day: Int64 = 86_400_000_000
        func log(_ path: String, daysAgo: Int64) throws {
            let file = try folder.write("text", to: path)
            let time = Double(now - daysAgo * day) / 1_000_000
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: time)],
                ofItemAtPath: file
            )
        }
        // 2026-11-21 is today.
        try log("f/2026/10/01/old.log", daysAgo: 51)
        try log("f/2026/10/01/kept.log", daysAgo: 51)
        try log("f/2026/10/02/old.log", daysAgo: 50)
        try log("f/2025/10/02/old.log", daysAgo: 400)
        try log("g/2026/10/22/edge.log", daysAgo: 29)
        try log("g/2026/11/21/new.log", daysAgo: 0)
        let logs = OldLogs(folder: folder.path, cutoff: now - 30 * day, kept: ["kept"])
        logs.remove(at: now)
        #expect(
            try folder.files() == [
                "f/2026/10/01/kept.log", "g/2026/10/22/edge.log", "g/2026/11/21/new.log",
            ]
        )
        #expect(!FileManager.default.fileExists(atPath: folder.path("f/2025")))
        #expect(!FileManager.default.fileExists(atPath: folder.path("f/2026/10/02")))
        OldLogs(folder: folder.path, cutoff: now + day, kept: []).remove(at: now)
        #expect(try folder.files().isEmpty)
        #expect(FileManager.default.fileExists(atPath: folder.path("g/2026/11/21")))
    }
}
