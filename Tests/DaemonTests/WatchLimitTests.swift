import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

@Suite("A daemon at a limit of inotify")
struct WatchLimitTests {
    private static let settings = """
        { "functions": { "f": { "handler": "./f.sh", "writes": [] } }, "rescan": 1,
          "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1",
            "batch": { "size": 1000 } } ] }
        """

    private func flow() throws -> ScriptFlow {
        try ScriptFlow(Self.settings, scripts: ["f": ScriptFlow.note()])
    }

    /// Limits that hold for a user namespace of its own, so that no other program feels them.
    @Test(
        "goes on by scans, says which setting to raise, and loses nothing",
        arguments: [
            ("max_inotify_watches", 4, "fs.inotify.max_user_watches"),
            ("max_inotify_watches", 0, "fs.inotify.max_user_watches"),
            ("max_inotify_instances", 0, "fs.inotify.max_user_instances"),
        ]
    )
    func limit(name: String, value: Int, setting: String) async throws {
        let flow = try flow()
        let script = "echo \(value) >/proc/sys/user/\(name) && exec \"$0\" up"
        let trial = try await run(
            "/usr/bin/unshare",
            ["--user", "--map-root-user", "/bin/sh", "-c", "echo 9 >/proc/sys/user/\(name)"]
        )
        guard trial.code == 0 else {
            print("skipped: user namespaces are not allowed here: \(trial.errors)")
            return
        }
        for number in 0..<10 { try flow.drop("1", "stage-1/t/\(number)/before.csv") }
        let daemon = try RunningProgram(
            "/usr/bin/unshare",
            ["--user", "--map-root-user", "/bin/sh", "-c", script, builtProgram(named: "sluice")],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/root"],
            folder: flow.folder.path
        )
        try await until { Set(flow.lines()).count == 10 }
        try await until { daemon.errorsSoFar.contains("raise \(setting)") }
        for number in 0..<10 { try flow.drop("2", "stage-1/t/\(number)/new/after.csv") }
        try await until { Set(flow.lines()).count == 20 }
        for number in 0..<10 { try flow.drop("other", "stage-1/t/\(number)/before.csv") }
        try await until { flow.lines().count == 30 }
        let notices = try await flow.ledger().watchNotices()
        #expect(notices.contains { $0.contains("scanned every 1 s") && $0.contains(setting) })
        try flow.folder.remove("buckets/stage-1/t/3")
        try await until { try await flow.status().objects == 18 }
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        // Each file once: no version came of looking again.
        #expect(flow.lines().count == 30)
        #expect(try await flow.sluice("up", "--once").text.hasPrefix("versions: 0, runs: 0"))
        #expect(try await flow.ledger().watchNotices().isEmpty)
    }

    @Test("loses nothing when the kernel's queue runs over while it is stopped")
    func overflow() async throws {
        let flow = try flow()
        let limit = try #require(
            Int(
                String(
                    decoding: Data(
                        contentsOf: URL(filePath: "/proc/sys/fs/inotify/max_queued_events")
                    ),
                    as: UTF8.self
                ).filter(\.isNumber)
            )
        )
        guard limit <= 20_000 else {
            print("skipped: the kernel's queue holds \(limit) notifications")
            return
        }
        try flow.drop("1", "stage-1/t/first.csv")
        let daemon = try flow.start("up")
        try await until { flow.lines().count == 1 }
        daemon.send(SIGSTOP)
        // Each is created and closed: two notifications. The last ones are beyond the queue.
        let count = limit / 2 + 500
        let folder = flow.folder.path("buckets/stage-1/t")
        for number in 0..<count {
            close(open("\(folder)/\(number).csv", O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
        }
        daemon.send(SIGCONT)
        try await until { flow.lines().count > count }
        #expect(Set(flow.lines()).count == count + 1)
        #expect(daemon.errorsSoFar.contains("raise fs.inotify.max_queued_events"))
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
    }
}
