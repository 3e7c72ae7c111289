import Buckets
import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

/// There can be one watch in a process at a time.
@Suite("A daemon", .serialized)
struct FlowTests {
    private static func settings(_ more: String = "", batch: Int = 1) -> String {
        """
        { "functions": { "f": { "handler": "./f.sh", "retryDelays": [0], "writes": [] \(more) } },
          "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1",
            "batch": { "size": \(batch) } } ] }
        """
    }

    @Test("hands each file that is there to its function, once")
    func once() async throws {
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": ScriptFlow.note()])
        for number in 0..<20 { try flow.drop("\(number)", "stage-1/t/\(number).csv") }
        let summary = try await flow.once()
        #expect(flow.lines().sorted() == (0..<20).map { "t/\($0).csv" }.sorted())
        #expect(summary.versions == 20)
        #expect(summary.isSuccess)

        try await flow.once()
        #expect(flow.lines().count == 20)
        #expect(try await flow.status().objects == 20)
    }

    @Test("takes other bytes for a new version and the same bytes for none")
    func versions() async throws {
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": ScriptFlow.note()])
        try flow.drop("one", "stage-1/t/a")
        try await flow.once()
        try flow.drop("one", "stage-1/t/a")
        try await flow.once()
        #expect(flow.lines() == ["t/a"])
        try flow.drop("two", "stage-1/t/a")
        let summary = try await flow.once()
        #expect(flow.lines() == ["t/a", "t/a"])
        #expect(summary.versions == 1)
    }

    @Test("gathers what is waiting into batches of one table")
    func batches() async throws {
        let script = "\(ScriptFlow.note()); echo end >>seen"
        let flow = try ScriptFlow(
            Self.settings(#", "concurrency": 1"#, batch: 3),
            scripts: ["f": script]
        )
        for name in ["a/1", "b/1", "a/2", "a/3", "a/4"] { try flow.drop(name, "stage-1/\(name)") }
        try await flow.once()
        let runs = flow.lines().split(separator: "end").map { Set($0.map { $0.prefix(1) }) }
        #expect(flow.lines().count { $0 != "end" } == 5)
        #expect(runs.allSatisfy { $0.count == 1 })
        #expect(runs.count == 3)
    }

    @Test("finds the one bad object of a batch and makes it a dead letter")
    func bisect() async throws {
        let script = """
            cat >event; if grep -q t/bad event; then exit 65; fi; \(ScriptFlow.note("event"))
            """
        let flow = try ScriptFlow(
            Self.settings(#", "concurrency": 1"#, batch: 8),
            scripts: ["f": script]
        )
        for number in 0..<7 { try flow.drop("\(number)", "stage-1/t/\(number)") }
        try flow.drop("x", "stage-1/t/bad")
        let summary = try await flow.once()
        #expect(flow.lines().sorted() == (0..<7).map { "t/\($0)" })
        #expect(summary.deadLetters == 1)
        let letters = try await flow.ledger().deadLetters()
        #expect(letters.map(\.source?.key) == ["t/bad"])
        #expect(letters.first?.attempts == 1)
    }

    @Test("tries a failing object as often as its settings say, and again after a redrive")
    func retries() async throws {
        let script = "echo run >>runs; test -e mended || exit 1"
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": script])
        try flow.drop("x", "stage-1/t/a")
        #expect(try await flow.once().deadLetters == 1)
        #expect(flow.lines("runs").count == 3)

        try flow.folder.write("", to: "mended")
        try await flow.once()
        #expect(flow.lines("runs").count == 3)
        #expect(try await flow.ledger().redrive(function: "f", at: 0) == 1)
        #expect(try await flow.once().isSuccess)
        #expect(flow.lines("runs").count == 4)
        #expect(try await flow.ledger().deadLetters().isEmpty)
    }

    @Test("fails just the objects that an answer names")
    func itemFailures() async throws {
        let script = """
            cat >event; grep -o '"sequencer":"[0-9a-f]*"' event | cut -d'"' -f4 | sort >sequencers
            echo run >>runs
            if [ $(wc -l <sequencers) = 3 ]; then
              printf '{"batchItemFailures":[{"itemIdentifier":"%s","errorType":"E","retry":false}]}' \
                $(head -1 sequencers)
            fi
            """
        let flow = try ScriptFlow(Self.settings(batch: 3), scripts: ["f": script])
        for name in ["a", "b", "c"] { try flow.drop(name, "stage-1/t/\(name)") }
        let summary = try await flow.once()
        #expect(summary.deadLetters == 1)
        #expect(flow.lines("runs").count == 1)
        let status = try await flow.status()
        #expect(status.functions["f"]?.done == 2)
        #expect(try await flow.ledger().deadLetters().first?.errorType == "E")
    }

    @Test("sends the end of a crawl to what waits for it, one event a table")
    func crawler() async throws {
        let settings = """
            { "functions": {
                "c": { "handler": "./c.sh", "writes": [] },
                "d": { "handler": "./d.sh", "writes": [] } },
              "triggers": [
                { "id": "t", "function": "c", "bucket": "stage-1", "batch": { "size": 10 } },
                { "id": "u", "function": "d", "crawler": "c" } ] }
            """
        let flow = try ScriptFlow(
            settings,
            scripts: [
                "c": #"echo '{"results":[{"table":"t","version":7}]}'"#,
                "d": "cat >>events; echo >>events",
            ]
        )
        for name in ["a", "b", "c"] { try flow.drop(name, "stage-1/t/\(name)") }
        try await flow.once()
        let events = flow.lines("events")
        #expect(events.count == 1)
        let event = try #require(events.first)
        #expect(event.contains(#""detail-type":"Glue Crawler State Change""#))
        #expect(event.contains(#""catalogVersion":7"#))
        #expect(event.contains(#""state":"Succeeded""#))
        #expect(event.count(of: #""sequencer""#) == 6)
    }

    @Test("leaves what still answers not now after a while for the next call")
    func notNow() async throws {
        let flow = try ScriptFlow(
            Self.settings(),
            scripts: ["f": "echo run >>runs; test -e free || exit 75"]
        )
        try flow.drop("x", "stage-1/t/a")
        let summary = try await flow.once()
        #expect(summary.leftNotNow == ["f": 1])
        #expect(summary.deadLetters == 0)
        #expect(!summary.isSuccess)
        #expect(flow.lines("runs").count >= 4)
        try flow.folder.write("", to: "free")
        #expect(try await flow.once().isSuccess)
    }

    @Test("leaves what a function with concurrency 0 has to do")
    func paused() async throws {
        let flow = try ScriptFlow(
            Self.settings(#", "concurrency": 0"#),
            scripts: ["f": "echo run >>runs"]
        )
        try flow.drop("x", "stage-1/t/a")
        let summary = try await flow.once()
        #expect(summary.leftPaused == ["f": 1])
        #expect(summary.isSuccess)
        #expect(flow.lines("runs").isEmpty)
    }

    @Test("numbers by arrival also what takes long to read")
    func order() async throws {
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": ScriptFlow.note()])
        // Written by another process: programs that other tests start here must not hold it open.
        try flow.drop("", "stage-1/t/large")
        let large = flow.folder.path("buckets/stage-1/t/large")
        _ = try await run("/usr/bin/truncate", ["-s", "40M", large])
        try flow.drop("x", "stage-1/t/small")
        for (name, time) in [("large", 1000), ("small", 2000)] {
            let date = Date(timeIntervalSince1970: Double(time))
            let path = flow.folder.path("buckets/stage-1/t/\(name)")
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        try await flow.once()
        let keys = ["large", "small"].map { ObjectKey(bucket: "stage-1", key: "t/\($0)") }
        let known = try await flow.ledger().known(keys)
        let numbers = keys.compactMap { known[$0]?.version.sequencer }
        #expect(numbers.count == 2)
        #expect(numbers[0] < numbers[1])
    }

    @Test("removes a version's chunks once all that they set off is done, if it shall")
    func purge() async throws {
        let settings = """
            { "functions": {
                "c": { "handler": "./c.sh", "writes": [] },
                "d": { "handler": "./d.sh", "writes": [] } },
              "triggers": [
                { "id": "t", "function": "c", "bucket": "stage-2", "suffix": "/_manifest.json" },
                { "id": "u", "function": "d", "crawler": "c" } ],
              "tables": { "t": { "chunks": "purge" } } }
            """
        let flow = try ScriptFlow(
            settings,
            scripts: ["c": "true", "d": "test -e mended || exit 65"]
        )
        let folder = "t/a/0000000000000007"
        let manifest = """
            {"source":{"bucket":"stage-1","key":"t/a","size":3,"eTag":"e",
              "sequencer":"0000000000000007"},"table":"t","format":{"type":"json"},
             "chunks":[{"key":"\(folder)/part-00000.jsonl","size":3,"eTag":"e","records":1,
              "firstLine":1,"firstRecord":1}]}
            """
        try flow.drop("{}\n", "stage-2/\(folder)/part-00000.jsonl")
        try flow.drop(manifest, "stage-2/\(folder)/_manifest.json")
        #expect(try await flow.once().deadLetters == 1)
        #expect(try flow.folder.files(in: "buckets/stage-2").count == 2)
        try flow.folder.write("", to: "mended")
        _ = try await flow.ledger().redrive(function: nil, at: 0)
        try await flow.once()
        let left = try flow.folder.files(in: "buckets/stage-2")
        #expect(left == ["\(folder)/_manifest.json"])
    }

    @Test("stops a loop after sixteen runs")
    func loop() async throws {
        // What `check` can see as a loop is refused; this one hides behind the table's name.
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "concurrency": 1,
                "writes": ["stage-1/a-b/**"] } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1",
                "tables": ["a_b"] } ] }
            """
        let script = "echo run >>runs; date +%N >buckets/stage-1/a-b/$$"
        let flow = try ScriptFlow(settings, scripts: ["f": script])
        try flow.drop("x", "stage-1/a-b/first")
        let summary = try await flow.once()
        // File times are coarse: a run may be taken for the one right before it.
        #expect((17...40).contains(flow.lines("runs").count))
        #expect(summary.deadLetters == 1)
        let letter = try #require(try await flow.ledger().deadLetters().first)
        #expect(letter.errorType == "LoopDetected")
        #expect(letter.errorMessage.contains(" -> f -> stage-1/a-b/"))
    }

    @Test("refuses a second daemon on the same buckets and names the first")
    func lock() async throws {
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": "true"])
        let lock = try BucketsLock(flow.buckets)
        await #expect(throws: DaemonError.inUse(process: getpid(), buckets: flow.buckets.path)) {
            try await flow.once()
        }
        #expect(BucketsLock.holder(of: flow.buckets) == getpid())
        _ = consume lock
        #expect(BucketsLock.holder(of: flow.buckets) == nil)
        try await flow.once()
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
