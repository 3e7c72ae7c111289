import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

@Suite("The process of a daemon")
struct ProcessTests {
    private static func settings(_ more: String = "") -> String {
        """
        { "functions": { "f": { "handler": "./f.sh", "retryDelays": [0], "writes": [] \(more) } },
          "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1",
            "batch": { "size": 7 } } ] }
        """
    }

    /// `up --once`, which must have nothing to complain of.
    private func finish(_ flow: ScriptFlow) async throws {
        let end = try await flow.sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")
    }

    /// The end of a daemon that was asked for it, which must have nothing to complain of.
    private func finish(_ daemon: RunningProgram) async throws {
        let end = await daemon.end()
        #expect(end.code == 0, "\(end.errors)")
    }

    @Test("is killed again and again, and every file is handled")
    func killed() async throws {
        let script = "mkdir -p out; \(ScriptFlow.note()); sort -u seen >/dev/null"
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": script])
        for round in 0..<4 {
            let before = flow.lines().count
            let daemon = try flow.start("up")
            for number in 0..<50 { try flow.drop("\(number)", "stage-1/t/\(round)-\(number)") }
            try await until { flow.lines().count > before + 8 }
            daemon.send(SIGKILL)
            _ = await daemon.end()
        }
        try await finish(flow)
        let expected = (0..<4).flatMap { round in (0..<50).map { "t/\(round)-\($0)" } }
        #expect(Set(flow.lines()) == Set(expected))
        #expect(try await flow.status().functions["f"]?.done == 200)
        #expect(try await flow.status().isSettled)
    }

    @Test("leaves no handler behind that runs beside its successor")
    func orphan() async throws {
        let script = """
            if test -e mended; then
              grep -q '^State:.[RSDT]' /proc/$(cat first)/status && echo beside >>seen; true
            else echo $$ >first; trap '' TERM; while :; do sleep 1; done; fi
            """
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": script])
        try flow.drop("x", "stage-1/t/a")
        let daemon = try flow.start("up")
        try await until { flow.lines("first").count == 1 }
        daemon.send(SIGKILL)
        _ = await daemon.end()
        let orphan = try #require(pid_t(flow.lines("first")[0]))
        #expect(kill(orphan, 0) == 0)
        try flow.folder.write("", to: "mended")
        try await finish(flow)
        #expect(flow.lines().isEmpty)
        #expect(try await flow.status().functions["f"]?.done == 1)
    }

    @Test("lets runs finish when it is asked to end, and starts none")
    func graceful() async throws {
        let script = "echo started >>started; while ! test -e go; do sleep 0.01; done; cat >>seen"
        let flow = try ScriptFlow(
            Self.settings(#", "concurrency": 1"#).replacing(#""size": 7"#, with: #""size": 1"#),
            scripts: ["f": script]
        )
        for name in ["a", "b", "c"] { try flow.drop(name, "stage-1/t/\(name)") }
        let daemon = try flow.start("up")
        try await until { flow.lines("started").count == 1 }
        try await until { try await flow.status().queued == 2 }
        daemon.send(SIGTERM)
        try await until { daemon.errorsSoFar.contains("stopping") }
        try flow.folder.write("", to: "go")
        try await finish(daemon)
        #expect(flow.lines("started").count == 1)
        let status = try await flow.status()
        #expect(status.functions["f"]?.done == 1)
        #expect(status.queued == 2)
    }

    @Test("ends at once when it is asked twice, and runs again what was cut off")
    func insisted() async throws {
        let script = "echo started >>started; test -e mended || exec sleep 1000"
        let flow = try ScriptFlow(Self.settings(), scripts: ["f": script])
        try flow.drop("a", "stage-1/t/a")
        let daemon = try flow.start("up")
        try await until { flow.lines("started").count == 1 }
        daemon.send(SIGTERM)
        daemon.send(SIGINT)
        try await finish(daemon)
        try flow.folder.write("", to: "mended")
        try await finish(flow)
        #expect(flow.lines("started").count == 2)
    }

    @Test("lets a poison file hold up none of its neighbours while it waits")
    func poison() async throws {
        let script = "cat >event.$$; if grep -q t/bad event.$$; then exit 1; fi"
        let settings = Self.settings().replacing("[0]", with: "[3600]")
        let flow = try ScriptFlow(settings, scripts: ["f": script])
        for number in 0..<9 { try flow.drop("\(number)", "stage-1/t/\(number)") }
        try flow.drop("x", "stage-1/t/bad")
        let daemon = try flow.start("up")
        try await until {
            let counts = try await flow.status().functions["f"]
            return counts?.done == 9 && counts?.waiting == 1
        }
        try flow.drop("9", "stage-1/t/9")
        try await until { try await flow.status().functions["f"]?.done == 10 }
        #expect(try await flow.status().functions["f"]?.waiting == 1)
        daemon.send(SIGTERM)
        try await finish(daemon)
    }

    @Test("takes up what a redrive queues")
    func redrive() async throws {
        let flow = try ScriptFlow(
            Self.settings(),
            scripts: ["f": "test -e mended || exit 65; cat >>seen"]
        )
        try flow.drop("a", "stage-1/t/a")
        let daemon = try flow.start("up")
        try await until { daemon.errorsSoFar.contains("FAILED") }
        try flow.folder.write("", to: "mended")
        let redrive = try await flow.sluice("redrive")
        #expect(redrive.code == 0)
        try await until { flow.lines().count > 0 }
        daemon.send(SIGTERM)
        try await finish(daemon)
    }
}
