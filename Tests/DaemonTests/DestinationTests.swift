import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

extension ScriptFlow {
    /// The records that lie below a folder of the buckets, in the order of their paths.
    func records(in place: String) throws -> [JSONValue] {
        try folder.files(in: "buckets/" + place).sorted().map { name in
            try JSONValue(parsing: try folder.text("buckets/\(place)/\(name)"))
        }
    }
}

extension JSONValue {
    /// The key of the one object in the event that a record holds.
    fileprivate var requestedKey: String? {
        self["requestPayload"]?["Records"]?.array?.first?["s3"]?["object"]?["urlDecodedKey"]?.string
    }
}

@Suite("The destinations of a function", .serialized)
struct DestinationTests {
    private static func settings(_ places: String, batch: Int = 1, alert: String = "") -> String {
        """
        { "functions": {
            "f": { "handler": "./f.sh", "retryDelays": [0], "writes": [], \(places) },
            "alert": { "handler": "./alert.sh", "retryDelays": [0], "writes": [] \(alert) } },
          "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1",
            "batch": { "size": \(batch) } } ] }
        """
    }

    @Test("get a record of each end, as Lambda writes it")
    func files() async throws {
        let places = #"""
            "onSuccess": { "bucket": "results", "prefix": "ends/good" },
            "onFailure": { "bucket": "failed" }
            """#
        let script = """
            cat >event.$$
            grep -q t/bad event.$$ && echo '{"errorType":"E","errorMessage":"m"}' >&2 && exit 1
            echo '{"results":[{"b":1,"a":2}]}'
            """
        let flow = try ScriptFlow(
            Self.settings(places),
            scripts: ["f": script, "alert": "true"]
        )
        try flow.drop("x", "stage-1/t/good")
        try flow.drop("y", "stage-1/t/bad")
        #expect(try await flow.once().deadLetters == 1)

        let good = try #require(try flow.records(in: "results/ends/good/f").first)
        let bad = try #require(try flow.records(in: "failed/f").first)
        #expect(try flow.records(in: "results").count == 1)
        #expect(try flow.records(in: "failed").count == 1)
        let names = [
            "version", "timestamp", "requestContext", "requestPayload", "responseContext",
            "responsePayload",
        ]
        #expect(good.members?.map(\.name) == names)
        #expect(good["version"] == "1.0")
        #expect(good["timestamp"]?.string?.count == "2019-11-14T18:16:05.568Z".count)
        let context = try #require(good["requestContext"])
        let requestID = try #require(context["requestId"]?.string)
        #expect(
            context == [
                "requestId": .string(requestID),
                "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
                "condition": "Success", "approximateInvokeCount": 1,
            ]
        )
        #expect(good.requestedKey == "t/good")
        #expect(good["responseContext"] == ["statusCode": 200, "executedVersion": "$LATEST"])
        #expect(good["responsePayload"]?["results"]?.array?.first?["a"] == 2)

        #expect(bad["requestContext"]?["condition"] == "RetriesExhausted")
        #expect(bad["requestContext"]?["approximateInvokeCount"] == 3)
        #expect(bad.requestedKey == "t/bad")
        #expect(bad["responseContext"]?["functionError"] == "Unhandled")
        #expect(bad["responsePayload"] == ["errorMessage": "m", "errorType": "E"])

        let day = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds()).prefix(4)
        let file = try #require(try flow.folder.files(in: "buckets/results/ends/good/f").first)
        #expect(file.hasPrefix(day + "/"))
        #expect(file.contains("/\(requestID)-"))
        let explain = try await flow.sluice("explain", "stage-1/t/good")
        let told = explain.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(told.contains("record (Success) to results/ends/good/f/\(file): written"))

        // A redrive that fails again is another end.
        _ = try await flow.ledger().redrive(at: 0)
        try await flow.once()
        #expect(try flow.records(in: "failed").count == 2)
    }

    @Test("get a record for each object of a batch, with what names it")
    func batch() async throws {
        let places = #""onSuccess": { "bucket": "results" }, "onFailure": { "bucket": "results" }"#
        let script = """
            cat >event; grep -o '"sequencer":"[0-9a-f]*"' event | cut -d'"' -f4 | sort >sequencers
            first=$(head -1 sequencers); last=$(tail -1 sequencers)
            printf '{"results":[{"sequencer":"%s","rows":7}],"batchItemFailures":[%s]}' $last \
              "{\\"itemIdentifier\\":\\"$first\\",\\"errorType\\":\\"E\\",\\"retry\\":false}"
            """
        let flow = try ScriptFlow(
            Self.settings(places, batch: 3),
            scripts: ["f": script, "alert": "true"]
        )
        for name in ["a", "b", "c"] { try flow.drop(name, "stage-1/t/\(name)") }
        try await flow.once()
        let records = try flow.records(in: "results/f")
        #expect(Set(records.compactMap(\.requestedKey)) == ["t/a", "t/b", "t/c"])
        let requests = records.map { $0["requestPayload"]?["Records"]?.array?.count }
        #expect(requests == [1, 1, 1])
        let failed = records.filter { $0["requestContext"]?["condition"] == "RetriesExhausted" }
        #expect(failed.map { $0["responsePayload"]?["errorType"] } == ["E"])
        let rows = records.compactMap {
            $0["responsePayload"]?["results"]?.array?.map { $0["rows"]?.integer }
        }
        #expect(rows.sorted { $0.count < $1.count } == [[], [7]])
    }

    @Test("are functions that run on the record, are retried, and have dead letters of their own")
    func function() async throws {
        let flow = try ScriptFlow(
            Self.settings(#""onFailure": { "function": "alert" }"#),
            scripts: [
                "f": "exit 65",
                "alert": "echo run >>runs; test -e mended || exit 1; cat >>events; echo >>events",
            ]
        )
        try flow.drop("x", "stage-1/t/a")
        try flow.drop("y", "stage-1/u/b")
        #expect(try await flow.once().deadLetters == 4)
        #expect(flow.lines("runs").count == 6)
        let letters = try await flow.ledger().deadLetters()
        #expect(letters.count { $0.trigger == "f:onFailure" && $0.function == "alert" } == 2)
        let explain = try await flow.sluice("explain", "stage-1/t/a")
        #expect(explain.text.contains("record (RetriesExhausted) to alert: dead"))

        // By its object a record is found too.
        try flow.folder.write("", to: "mended")
        let purge = try await flow.sluice("purge", "f")
        #expect(purge.text.contains("stage-1/t/a: f: Runtime.ExitError"))
        #expect(purge.text.hasSuffix("2 forgotten\n"))
        #expect(try await flow.sluice("redrive", "stage-1/t/a").text.hasPrefix("1 queued again"))
        try await flow.once()
        #expect(try await flow.sluice("redrive", "stage-1/u/").text.hasPrefix("1 queued again"))
        #expect(try await flow.once().isSuccess)
        let events = try flow.lines("events").map { try JSONValue(parsing: $0) }
        #expect(events.map(\.requestedKey) == ["t/a", "b"].map { $0 == "b" ? "u/b" : $0 })
        #expect(events.first?["requestContext"]?["condition"] == "RetriesExhausted")
        #expect(try await flow.ledger().deadLetters().isEmpty)
        #expect(try await flow.sluice("status").code == 0)
        let story = try await flow.sluice("explain", "stage-1/t/a").text
        #expect(story.contains("forgotten"))
    }

    @Test("get each record once, however often the daemon is killed", arguments: UInt64(1)...3)
    func killed(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let places = #"""
            "onSuccess": { "bucket": "results" }, "onFailure": { "function": "alert" }
            """#
        let flow = try ScriptFlow(
            Self.settings(places, batch: 4),
            scripts: [
                "f": "cat >event.$$; if grep -q t/bad event.$$; then exit 65; fi",
                "alert": "cat >alert.$$; echo >>alert.$$",
            ]
        )
        for round in 0..<6 {
            for number in 0..<12 {
                try flow.drop("\(number)", "stage-1/t/\(round)-\(number)")
            }
            try flow.drop("x", "stage-1/t/bad-\(round)")
            let daemon = try flow.start("up")
            let goal =
                try flow.folder.files(in: "buckets/results").count
                + Int.random(in: 1...8, using: &random)
            try await until { try flow.folder.files(in: "buckets/results").count >= goal }
            daemon.send(SIGKILL)
            _ = await daemon.end()
        }
        _ = try await flow.sluice("up", "--once")
        let keys = try flow.records(in: "results").compactMap(\.requestedKey)
        #expect(keys.count == 72)
        #expect(Set(keys).count == 72)
        let status = try await flow.status()
        #expect(status.functions["alert"]?.done == 6)
        #expect(status.isSettled)
        #expect(try flow.folder.files(in: "buckets/results").allSatisfy { $0.hasSuffix(".json") })
    }

    @Test("are written later when there is no room for a file now")
    func unwritable() async throws {
        let flow = try ScriptFlow(
            Self.settings(#""onSuccess": { "bucket": "ends", "prefix": "a/" }"#),
            scripts: ["f": "true", "alert": "true"]
        )
        // A file where the folder should be.
        try flow.drop("x", "stage-1/t/a")
        try flow.folder.write("", to: "buckets/ends/a")
        let summary = try await flow.once()
        #expect(!summary.isSuccess)
        #expect(summary.leftRecords?.contains("buckets/ends/a") == true)
        try flow.folder.remove("buckets/ends/a")
        #expect(try await flow.once().isSuccess)
        #expect(try flow.records(in: "ends/a/f").map(\.requestedKey) == ["t/a"])
    }

    @Test("that set each other off are stopped after sixteen runs, and the path is told")
    func loop() async throws {
        // What `check` can see as a loop is refused; this one hides behind the name of a table.
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "writes": [],
                "onSuccess": { "bucket": "ends", "prefix": "a-b" } } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "ends", "tables": ["a_b"] } ] }
            """
        let flow = try ScriptFlow(settings, scripts: ["f": "echo run >>runs"])
        try flow.drop("x", "ends/a-b/first")
        #expect(try await flow.once().deadLetters == 1)
        #expect(flow.lines("runs").count == 17)
        let letter = try #require(try await flow.ledger().deadLetters().first)
        #expect(letter.errorType == "LoopDetected")
        #expect(letter.errorMessage.contains(": ends/a-b/first -> f -> ends/a-b/f/"))
        #expect(letter.errorMessage.split(separator: " -> f -> ").count == 18)
        // Its own end sets off nothing more.
        #expect(try flow.records(in: "ends/a-b/f").count == 17)
    }
}
