import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("The command line")
struct CommandTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func sluice(_ arguments: String...) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
    }

    @Test("prints the event of an object as S3 and a handler know it")
    func eventPut() async throws {
        try folder.write("a,b\n", to: "buckets/stage-1/My Table/k=v/x y(2).csv")
        let end = try await sluice("event", "put", "stage-1/My Table/k=v/x y(2).csv")
        let event = try JSONDecoder().decode(S3Event.self, from: end.output)
        let record = try #require(event.records.first)
        #expect(record.eventName == "ObjectCreated:Put")
        #expect(record.s3.object.key == "My+Table/k%3Dv/x+y%282%29.csv")
        #expect(record.decodedKey == "My Table/k=v/x y(2).csv")
        #expect(record.s3.object.table == "my_table")
        #expect(record.s3.object.size == 4)
        // What `xxhsum -H2` prints for these bytes.
        #expect(record.s3.object.eTag == "a131c5e8843462e0478cca62a945137b")
        #expect(
            record.s3.object.localPath
                == folder.path("buckets/stage-1/My Table/k=v/x y(2).csv")
        )
        #expect(record.s3.configurationId == "new-file")
    }

    @Test("prints the event of an object that is gone, without size and eTag")
    func eventDelete() async throws {
        try folder.write("", to: "buckets/stage-1/other")
        let end = try await sluice("event", "delete", "stage-1/t/a.csv", "stage-1/t/b.csv")
        let event = try JSONDecoder().decode(S3Event.self, from: end.output)
        #expect(event.records.map(\.eventName) == ["ObjectRemoved:Delete", "ObjectRemoved:Delete"])
        #expect(event.records.allSatisfy { $0.s3.object.size == nil && $0.s3.object.eTag == nil })
        let sequencers = event.records.map(\.s3.object.sequencer)
        #expect(sequencers[0] < sequencers[1])
    }

    @Test("names every problem of the settings with its path, and ends with 2")
    func checkProblems() async throws {
        try folder.write(
            #"{"functions":{"split":{"handler":"split","timeout":0,"retries":9}},"tabels":{}}"#,
            to: "functions.json"
        )
        let end = try await sluice("check")
        #expect(end.code == 2)
        for path in ["functions.split.timeout", "functions.split.retries", "tabels"] {
            #expect(end.text.contains(path))
        }
        let started = try await sluice("up", "--once")
        #expect(started.code == 2)
        #expect(started.errors.contains("functions.split.timeout"))
    }

    @Test("names a handler that is no executable")
    func checkHandlers() async throws {
        try folder.write(#"{"functions":{"mine":{"handler":"./mine"}}}"#, to: "functions.json")
        let end = try await sluice("check", "--json")
        #expect(end.code == 2)
        let report = try JSONValue(parsing: end.text)
        #expect(report["problems"]?.array?.first?["path"]?.string == "functions.mine.handler")
    }

    @Test("prints the settings with their defaults")
    func checkResolved() async throws {
        try folder.write(#"{"tables":{"t":{"mode":"replace"}}}"#, to: "functions.json")
        let end = try await sluice("check", "--json")
        let config = try JSONValue(parsing: end.text)
        #expect(end.code == 0)
        #expect(config["functions"]?["split"]?["timeout"]?.integer == 900)
        #expect(config["tables"]?["t"]?["mode"]?.string == "replace")
        #expect(config["tables"]?["t"]?["onError"]?.string == "skip_file")
        #expect(config["warehouse"]?.string == folder.path("buckets/warehouse.duckdb"))
    }

    @Test(
        "ends with 2 when it is used wrongly",
        arguments: [
            ["nonsense"], ["check", "--nonsense"], ["event", "put", "stage-1"],
            ["check", "--config", "missing.json"], ["test", "."], ["status"],
            ["invoke", "nonsense"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let end = try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: [:],
            folder: folder.path
        )
        #expect(end.code == 2)
        #expect(end.text.isEmpty)
        #expect(!end.errors.isEmpty)
    }

    @Test("turns a dropped file into a table without any settings")
    func standardFlow() async throws {
        try folder.write("id,name\n1,one\n2,two\n", to: "buckets/stage-1/things/a.csv")
        let up = try await sluice("up", "--once")
        #expect(up.code == 0, "\(up.errors)")
        let sql = "SELECT sum(id) AS ids FROM lake.things"
        #expect(try await sluice("query", "--format", "csv", sql).text == "ids\n3\n")
        let status = try JSONValue(parsing: await sluice("status", "--json").text)
        #expect(status["pid"] == .null)
        #expect(status["deadLetters"]?.integer == 0)
        #expect(status["functions"]?["load"]?["done"]?.integer == 1)
    }

    @Test("follows files and its settings while it runs, and ends in good order on SIGTERM")
    func runsUntilStopped() async throws {
        let program = try RunningProgram(
            builtProgram(named: "sluice"),
            ["up"],
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        try await waitFor { program.errorsSoFar.contains("watching") }
        try folder.write("id\n1\n", to: "buckets/stage-1/things/a.csv")
        try await waitFor {
            let status = try JSONValue(parsing: await sluice("status", "--json").text)
            return status["functions"]?["load"]?["done"]?.integer == 1
        }
        let objects = { try JSONValue(parsing: await sluice("status", "--json").text)["objects"] }
        let before = try #require(try await objects()?.integer)
        rename(folder.path("buckets/stage-1/things"), folder.path("things"))
        try await waitFor { try await objects()?.integer == before - 1 }
        let second = try await sluice("up")
        #expect(second.code == 1)
        #expect(second.errors.contains("process \(program.process)"))
        try folder.write("{}", to: "functions.json")
        try await waitFor { program.errorsSoFar.contains("settings have changed") }
        program.send(SIGTERM)
        #expect(await program.end().code == 0)
    }

    @Test("gives dead letters another life")
    func redrive() async throws {
        try folder.write("id\n\u{0}\n", to: "buckets/stage-1/things/a.csv")
        #expect(try await sluice("up", "--once").code == 1)
        let status = try await sluice("status")
        #expect(status.code == 1)
        #expect(status.text.contains("1 dead letter of split: BinaryFile"))
        #expect(status.text.contains("  stage-1/things/a.csv: line 2: byte"))
        #expect(try await sluice("redrive", "split").text.hasPrefix("1 queued again"))
        #expect(try await sluice("up", "--once").code == 1)
        let logs = try await sluice("logs", "split")
        #expect(logs.text.components(separatedBy: "START RequestId").count == 3)
    }

    /// Asks again and again, for as long as a machine under load may need.
    private func waitFor(_ condition: () async throws -> Bool) async throws {
        try await eventually(condition)
    }
}
