import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import TestSupport
import Testing

@Suite("Schedules of a running daemon")
struct ScheduleProcessTests {
    /// Handlers add their event to `events`, one a line.
    private static let note = "cat >>events; echo >>events"

    /// Beside the schedule there is `tick`, which shows that the daemon has looked at both.
    private func flow(_ schedule: String, script: String = note) throws -> ScriptFlow {
        try ScriptFlow(
            """
            { "functions": {
                "f": { "handler": "./f.sh", "retryDelays": [0], "writes": [] },
                "tick": { "handler": "./tick.sh", "writes": [] } },
              "triggers": [
                { "id": "t", "function": "f", "schedule": "\(schedule)" },
                { "id": "tick", "function": "tick", "schedule": "rate(1 second)" } ] }
            """,
            scripts: ["f": script, "tick": "true"]
        )
    }

    /// Runs `sluice up` until it has looked at its schedules.
    private func tick(_ flow: ScriptFlow) async throws {
        let before = try await flow.status().functions["tick"]?.done ?? 0
        let daemon = try flow.start("up")
        try await until { try await flow.status().functions["tick"]?.done ?? 0 >= before + 2 }
        await stop(daemon)
    }

    /// Makes the ledger know the schedule for some days.
    private func known(_ flow: ScriptFlow, _ schedule: String, days: Int64) async throws {
        let ledger = try flow.ledger()
        let past = UTCTime.nowMicroseconds() - days * 86_400_000_000
        _ = try await ledger.keepSchedules(["t": try Schedule(schedule).description], at: past)
        try ledger.close()
    }

    private func stop(_ daemon: RunningProgram) async {
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
    }

    @Test("fire again and again, each time once, also over a kill")
    func rate() async throws {
        let flow = try flow("rate(1 second)")
        for round in 1...2 {
            let daemon = try flow.start("up")
            try await until { flow.lines("events").count >= 3 * round }
            daemon.send(SIGKILL)
            _ = await daemon.end()
        }
        // What the kill has cut off runs again, with the same time.
        let once = try await flow.sluice("up", "--once")
        #expect(once.code == 0, "\(once.errors)")
        let status = try await flow.status()
        let times = try flow.times()
        let done = try #require(status.functions["f"]?.done)
        #expect(done >= 4)
        // A run that a kill has cut off may have noted its time already.
        #expect((0...2).contains(times.count - done))
        #expect((0...2).contains(times.count - Set(times).count))
        #expect(status.isSettled)
        let schedule = try await flow.ledger().schedules().first
        #expect(schedule?.lastRun?.outcome == .succeeded)
    }

    @Test("catch up one time that was missed, the newest, and that once")
    func missed() async throws {
        let flow = try flow("cron(0 0 1 1 ? *)")
        try await known(flow, "cron(0 0 1 1 ? *)", days: 2000)
        let year = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds()).prefix(4)
        let waiting = try await flow.sluice("status")
        #expect(waiting.text.contains("missed \(year)-01-01T00:00:00Z"))
        // A single call fires nothing, and leaves the missed time for the next daemon.
        #expect(try await flow.sluice("up", "--once").code == 0)
        #expect(flow.lines("events").isEmpty)
        for _ in 0..<2 { try await tick(flow) }
        #expect(try flow.times() == ["\(year)-01-01T00:00:00Z"])
        let status = try JSONValue(parsing: try await flow.sluice("status", "--json").text)
        let schedule = try #require(
            status["schedules"]?.array?.first { $0["trigger"]?.string == "t" }
        )
        #expect(schedule["last"]?.string == "\(year)-01-01T00:00:00Z")
        #expect(schedule["outcome"]?.string == "succeeded")
        #expect(schedule["missed"] == nil)
        #expect(schedule["next"]?.string?.hasSuffix("-01-01T00:00:00Z") == true)
    }

    @Test(
        "miss nothing while they are not known, or were another expression",
        arguments: [nil, "rate(7 days)"]
    )
    func unknown(former: String?) async throws {
        let flow = try flow("cron(0 0 1 1 ? *)")
        if let former { try await known(flow, former, days: 2000) }
        try await tick(flow)
        let schedule = try #require(try await flow.ledger().schedules().first)
        #expect(schedule.trigger == "t")
        #expect(schedule.expression == "cron(0 0 1 1 ? *)")
        #expect(schedule.lastTime == nil)
        #expect(flow.lines("events").isEmpty)
    }

    @Test("wait for the former run of their function, and let one time wait")
    func joined() async throws {
        let script =
            "echo begin >>marks; cat >>events; echo >>events; while ! test -e go; do "
            + "sleep 0.01; done; echo end >>marks"
        let flow = try flow("rate(1 second)", script: script)
        let daemon = try flow.start("up")
        try await until { try await flow.status().functions["f"]?.superseded ?? 0 >= 2 }
        let counts = try #require(try await flow.status().functions["f"])
        #expect(flow.lines("marks") == ["begin"])
        #expect(counts.running == 1)
        #expect(counts.queued == 1)
        try flow.folder.write("", to: "go")
        try await until { flow.lines("marks").count >= 4 }
        await stop(daemon)
        let marks = flow.lines("marks")
        #expect(marks == (0..<marks.count).map { $0.isMultiple(of: 2) ? "begin" : "end" })
        let times = try flow.times()
        #expect(times == Set(times).sorted())
    }

    @Test("become dead letters and are tried again like others")
    func deadLetter() async throws {
        let flow = try flow("cron(0 0 1 1 ? *)", script: "test -e mended || exit 65; cat >>events")
        try await known(flow, "cron(0 0 1 1 ? *)", days: 2000)
        let daemon = try flow.start("up")
        try await until { daemon.errorsSoFar.contains("error: dead letter") }
        #expect(daemon.errorsSoFar.contains("trigger.id=t"))
        let status = try await flow.sluice("status")
        #expect(status.code == 1)
        #expect(status.text.contains("1 dead letter of f: Runtime.ExitError\n  t: "))
        try flow.folder.write("", to: "mended")
        #expect(try await flow.sluice("redrive", "f").text.hasPrefix("1 queued again"))
        try await until { try await flow.status().functions["f"]?.done == 1 }
        await stop(daemon)
    }
}
