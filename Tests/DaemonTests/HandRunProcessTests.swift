import Buckets
import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

@Suite("A run by hand")
struct HandRunProcessTests {
    /// Says what it was given, on both its outputs; waits for `go` if it is told to.
    private static let script = """
        echo begin >>marks; echo "log begins" >&2; cat >event
        if grep -q wait event; then echo $$ >waiting; while ! test -e go; do sleep 0.01; done; fi
        grep -q fail event && { echo '{"errorType":"Bad","errorMessage":"no"}' >&2; exit 65; }
        echo "log ends" >&2; cat event; echo end >>marks
        """

    private func flow(_ more: String = "", triggers: String = "") throws -> ScriptFlow {
        try ScriptFlow(
            """
            { "functions": { "f": { "handler": "./f.sh", "writes": [] \(more) },
                "g": { "handler": "./f.sh", "writes": [] } },
              "triggers": [ \(triggers) ] }
            """,
            scripts: ["f": Self.script]
        )
    }

    private func up(_ flow: ScriptFlow) async throws -> RunningProgram {
        let daemon = try flow.start("up")
        try await until { await ControlClient(flow.buckets).figures()?.process == daemon.process }
        return daemon
    }

    private func stop(_ daemon: RunningProgram) async {
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
    }

    @Test(
        "prints its answer and log, and is kept, with a daemon and without one",
        arguments: [true, false]
    )
    func answered(hasDaemon: Bool) async throws {
        let flow = try flow()
        try flow.drop("x", "stage-1/t/a")
        try flow.drop("y", "stage-1/t/b")
        let daemon = hasDaemon ? try await up(flow) : nil
        let end = try await flow.sluice("invoke", "f", "--log", "stage-1/t/a", "stage-1/t/b")
        #expect(end.code == 0, "\(end.errors)")
        let event = try JSONDecoder().decode(S3Event.self, from: end.output)
        #expect(event.records.map(\.decodedKey) == ["t/a", "t/b"])
        #expect(end.errors.hasPrefix("START RequestId"))
        #expect(end.errors.contains("log begins\nlog ends\nEND RequestId"))
        #expect(end.errors.contains("REPORT RequestId"))

        let ledger = try flow.ledger()
        let run = try #require(try await ledger.newestRuns(ofFunction: "f", limit: 9).first)
        #expect(run.outcome == .succeeded)
        #expect(run.table == "t")
        #expect(run.items == 2)
        let key = ObjectKey(bucket: "stage-1", key: "t/b")
        #expect(try await ledger.runsByHand(of: key) == [run])
        #expect(try await ledger.status().functions.isEmpty)
        let logs = try await flow.sluice("logs", run.requestID)
        #expect(logs.text.contains("log ends"))
        if let daemon { await stop(daemon) }
    }

    @Test("ends with 1 and the reason when its handler fails", arguments: [true, false])
    func failed(hasDaemon: Bool) async throws {
        let flow = try flow()
        try flow.folder.write(#"{"what": "fail"}"#, to: "event.json")
        let daemon = hasDaemon ? try await up(flow) : nil
        let end = try await flow.sluice("invoke", "f", "--event", "event.json")
        #expect(end.code == 1)
        #expect(end.text.isEmpty)
        #expect(end.errors.contains("f failed: Bad: no; its log: "))
        let run = try await flow.ledger().newestRuns(ofFunction: "f", limit: 9).first
        #expect(run?.outcome == .input)
        #expect(try await flow.ledger().deadLetters().isEmpty)
        if let daemon { await stop(daemon) }
    }

    @Test("ends with the process that asked for it", arguments: [true, false])
    func interrupted(hasDaemon: Bool) async throws {
        let flow = try flow()
        try flow.folder.write(#"{"what": "wait"}"#, to: "event.json")
        let daemon = hasDaemon ? try await up(flow) : nil
        let asker = try flow.start("invoke", "f", "--event", "event.json")
        try await until { flow.lines("waiting").count == 1 }
        let handler = try #require(flow.lines("waiting").first.flatMap { pid_t($0) })
        asker.send(SIGINT)
        let end = await asker.end()
        #expect(end.code == (hasDaemon ? -SIGINT : 1), "\(end.errors)")
        try await until { !isAlive(handler) }
        try await until {
            try await flow.ledger().newestRuns(ofFunction: "f", limit: 9).first?.outcome
                == .interrupted
        }
        #expect(flow.lines("marks") == ["begin"])
        if let daemon { await stop(daemon) }
    }

    @Test("keeps a daemon from starting, and two of them run one after the other")
    func directOnes() async throws {
        let flow = try flow()
        try flow.folder.write(#"{"what": "wait"}"#, to: "event.json")
        let first = try flow.start("invoke", "f", "--event", "event.json")
        try await until { flow.lines("waiting").count == 1 }
        let daemon = try await flow.sluice("up")
        #expect(daemon.code == 1)
        #expect(daemon.errors.contains("process \(first.process) already works on"))
        #expect(try await flow.sluice("status").text.hasPrefix("sluice up does not run"))
        let second = try flow.start("invoke", "g")
        try await until { second.errorsSoFar.contains("waiting for process \(first.process)") }
        #expect(flow.lines("marks") == ["begin"])
        try flow.folder.write("", to: "go")
        #expect(await first.end().code == 0)
        #expect(await second.end().code == 0)
        #expect(flow.lines("marks") == ["begin", "end", "begin", "end"])
    }

    @Test("puts right what a run by hand that was killed has left")
    func killed() async throws {
        let flow = try flow()
        try flow.folder.write(#"{"what": "wait"}"#, to: "event.json")
        let first = try flow.start("invoke", "f", "--event", "event.json")
        try await until { flow.lines("waiting").count == 1 }
        let handler = try #require(flow.lines("waiting").first.flatMap { pid_t($0) })
        first.send(SIGKILL)
        _ = await first.end()
        #expect(isAlive(handler))
        #expect(try await flow.sluice("invoke", "g").code == 0)
        #expect(!isAlive(handler))
        let runs = try await flow.ledger().newestRuns(ofFunction: "f", limit: 9)
        #expect(runs.map(\.outcome) == [.interrupted])
    }

    @Test("is made without a daemon when one was killed, and with the next one again")
    func staleSocket() async throws {
        let flow = try flow()
        let daemon = try await up(flow)
        daemon.send(SIGKILL)
        _ = await daemon.end()
        #expect(flow.folder.holds("buckets/.sluice/control"))
        #expect(await ControlClient(flow.buckets).figures() == nil)
        #expect(try await flow.sluice("invoke", "f").code == 0)
        let next = try await up(flow)
        #expect(try await flow.sluice("invoke", "f").code == 0)
        #expect(await ControlClient(flow.buckets).figures()?.runs == 0)
        await stop(next)
        #expect(!flow.folder.holds("buckets/.sluice/control"))
        #expect(try await flow.ledger().newestRuns(ofFunction: "f", limit: 9).count == 2)
    }

    @Test("gets the event of a schedule where its function has one, else an empty one")
    func events() async throws {
        let flow = try flow(
            triggers: #"{ "id": "nightly", "function": "g", "schedule": "rate(1 day)" }"#
        )
        #expect(try await flow.sluice("invoke", "f").text == "{}\n")
        let end = try await flow.sluice("invoke", "g")
        let event = try JSONDecoder().decode(ScheduledEvent.self, from: end.output)
        #expect(event.resources == ["arn:aws:events:us-east-1:000000000000:rule/nightly"])
        #expect(event.time.count == 20)
        #expect(try await flow.ledger().schedules().isEmpty)
    }

    @Test("is refused where the daemon has other settings, and warned of where they have changed")
    func settings() async throws {
        let flow = try flow()
        try flow.folder.write(flow.settings, to: "other.json")
        let daemon = try await up(flow)
        let other = try await flow.sluice("invoke", "f", "--config", "other.json")
        #expect(other.code == 1)
        #expect(other.errors.contains("name the same file with --config"))
        try flow.folder.write(flow.settings.replacing("\"g\"", with: "\"h\""), to: "functions.json")
        let changed = try await flow.sluice("invoke", "f")
        #expect(changed.code == 0)
        #expect(changed.errors.contains("the settings have changed"))
        let unknown = try await flow.sluice("invoke", "h")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("there is no function h"))
        await stop(daemon)
    }

    @Test("is made without the daemon when that ends before it could begin")
    func stopping() async throws {
        let flow = try flow(#", "concurrency": 1"#)
        try flow.folder.write(#"{"what": "wait"}"#, to: "event.json")
        let daemon = try await up(flow)
        let running = try flow.start("invoke", "f", "--event", "event.json")
        try await until { flow.lines("waiting").count == 1 }
        let queued = try flow.start("invoke", "f")
        try await until { await ControlClient(flow.buckets).figures()?.byHand == 1 }
        daemon.send(SIGTERM)
        try await until { queued.errorsSoFar.contains("waiting for process \(daemon.process)") }
        #expect(flow.lines("marks") == ["begin"])
        try flow.folder.write("", to: "go")
        #expect(await queued.end().code == 0)
        let end = await running.end()
        #expect(end.code == 0, "\(end.errors)")
        #expect(await daemon.end().code == 0)
    }
}
