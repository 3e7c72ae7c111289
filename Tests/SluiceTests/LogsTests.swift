import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("`sluice logs`")
struct LogsTests {
    private static let scripted = """
        { "functions": { "f": { "handler": "./f.sh", "writes": [] },
            "other": { "handler": "/bin/true", "writes": [] } },
          "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" },
            { "id": "u", "function": "other", "bucket": "stage-1" } ] }
        """

    private func scripted(_ body: String) throws -> RealFlow {
        let flow = try RealFlow(Self.scripted)
        chmod(try flow.folder.write("#!/bin/sh\n\(body)\n", to: "f.sh"), 0o755)
        return flow
    }

    @Test("lists runs with what each came to, and prints the logs of a function or a run")
    func finished() async throws {
        let flow = try RealFlow()
        try flow.drop("id,name\n1,a\n2,b\n", "stage-1/people/a.csv")
        try await flow.sluice("up", "--once")
        let list = try await flow.sluice("logs").text.split(separator: "\n")
        #expect(list.count == 4)
        let split = try #require(list.first)
        #expect(split.contains("split    people  succeeded"))
        #expect(split.contains("done object=stage-1/people/a.csv split=1 records=2 chunks=1"))
        let convert = try #require(list.first { $0.contains("  convert ") })
        #expect(convert.contains("done table=people object=stage-1/people/a.csv converted=1"))
        #expect(convert.contains("version=0 rows=2 rejected=0 files=1 seconds="))
        #expect(list.contains { $0.contains("crawled=1 version=1 changes=created") })
        #expect(list.contains { $0.contains("loaded=1 rows=2 rejected=0") })

        let runs = try await flow.facts("logs").array
        let run = try #require(runs?.last)
        let id = try #require(run["requestID"]?.string)
        let whole = try await flow.sluice("logs", String(id.prefix(8))).text
        #expect(whole.hasPrefix("--- \(run["function"]?.string ?? "") people \(id), 20"))
        #expect(whole.contains("START RequestId: \(id)"))
        #expect(try await flow.sluice("logs", "split").text.contains(", succeeded, "))
        #expect(try await flow.sluice("logs", "--last", "1").text.count { $0 == "\n" } == 1)
        #expect(try await flow.sluice("logs", "nonsense").code == 1)
    }

    @Test("says in a batch which objects failed")
    func failedObjects() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", "stage-1/t/a.csv")
        try flow.drop("id\n\u{0}\n", "stage-1/t/b.csv")
        try await flow.sluice("up", "--once")
        let log = try await flow.sluice("logs", "split").text
        #expect(log.contains("warning object failed sequencer="))
        #expect(log.contains("error=BinaryFile message=\""))
        #expect(log.contains("split=1 records=1 chunks=1 failed=1 seconds="))
    }

    @Test("follows a function across runs, and each line says whose it is")
    func follow() async throws {
        let flow = try scripted("cat >/dev/null; echo one >&2; echo two >&2")
        let up = try flow.start("up")
        try await flow.waitFor { up.errorsSoFar.contains("watching") }
        try flow.drop("x", "stage-1/t/a")
        try await flow.waitFor {
            try await flow.facts("status")["functions"]?["f"]?["done"]?.integer == 1
        }
        let logs = try flow.start("logs", "f", "--follow")
        try await flow.waitFor { logs.errorsSoFar.contains("following f; Ctrl-C ends it") }
        for number in 1...3 {
            try flow.drop("\(number)", "stage-1/t/\(number)")
            try await flow.waitFor {
                logs.outputSoFar.components(separatedBy: ", succeeded, ").count == number + 1
            }
        }
        let text = logs.outputSoFar
        #expect(text.components(separatedBy: "\none\ntwo\n").count == 4)
        #expect(text.hasPrefix("--- f t "))
        #expect(!text.contains("--- other"))
        logs.send(SIGINT)
        #expect(await logs.end().code == -SIGINT)
        up.send(SIGTERM)
        #expect(await up.end().code == 0)
    }

    @Test("follows one run to its end, from its beginning")
    func followRun() async throws {
        let flow = try scripted(
            "cat >/dev/null; echo begun >&2; while [ ! -e go ]; do sleep 0.05; done; echo done >&2"
        )
        let up = try flow.start("up")
        try flow.drop("x", "stage-1/t/a")
        try await flow.waitFor { try await flow.facts("status")["running"]?.integer == 1 }
        let run = try await flow.facts("status")["runs"]?.array?.first
        let id = try #require(run?["requestID"]?.string)
        let logs = try flow.start("logs", id, "--follow")
        try await flow.waitFor { logs.outputSoFar.contains("\nbegun\n") }
        try flow.folder.write("", to: "go")
        let end = await logs.end()
        #expect(end.code == 0)
        #expect(end.text.contains("\ndone\n"))
        #expect(end.text.contains("--- f t \(id), succeeded, "))
        up.send(SIGTERM)
        #expect(await up.end().code == 0)
    }

    @Test("ends when nobody reads any more")
    func closedPipe() async throws {
        let flow = try scripted("true")
        try flow.drop("x", "stage-1/t/a")
        try await flow.sluice("up", "--once")
        let sluice = try builtProgram(named: "sluice")
        // The reader goes away at once and says so only when the other side has ended.
        let end = try await run(
            "/bin/bash",
            ["-c", "\(sluice) logs --follow | true; echo ${PIPESTATUS[0]}"],
            environment: ["PATH": "/usr/bin:/bin"],
            folder: flow.folder.path
        )
        #expect(end.text == "0\n")
    }
}
