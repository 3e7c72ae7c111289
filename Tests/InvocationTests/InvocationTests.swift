import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Invocation
import TestSupport
import Testing

@Suite("An invocation")
struct InvocationTests {
    @Test("hands over the event and returns the answer")
    func echo() async throws {
        let event = #"{"Records":["# + String(repeating: " ", count: 200_000) + "]}"
        let report = try await ScriptHandler("cat").invoke(event)
        #expect(report.outcome == .success(output: Array(event.utf8)))
        #expect(report.exitCode == 0)
    }

    @Test(
        "turns each way to end into its meaning",
        arguments: [
            ("exit 0", "success"),
            ("exit 3", "functionError Runtime.ExitError"),
            ("kill -9 $$", "functionError Runtime.ExitError"),
            (#"echo '{"errorType":"E","errorMessage":"m"}' >&2; exit 1"#, "functionError E"),
            (
                #"echo '{"errorType":"NotUTF8","errorMessage":"m"}' >&2; exit 65"#,
                "badInput NotUTF8"
            ),
            (#"echo '{"errorType":"Locked","errorMessage":"m"}' >&2; exit 75"#, "notNow Locked"),
            ("exit 65", "badInput Runtime.ExitError"),
            ("exit 75", "notNow Runtime.ExitError"),
            ("echo '{broken' >&2; exit 1", "functionError Runtime.ExitError"),
            (
                "head -c 7000000 /dev/zero; sleep 1000",
                "functionError Function.ResponseSizeTooLarge"
            ),
            ("head -c 7000000 /dev/zero >&2", "success"),
        ]
    )
    func meanings(script: String, meaning: String) async throws {
        let report = try await ScriptHandler(script).invoke()
        #expect(report.outcome.summary == meaning)
    }

    @Test("names the handler that cannot be started")
    func missing() async throws {
        var handler = try ScriptHandler("")
        handler.function.handler = "/nowhere/handler"
        let report = await handler.invoke()
        #expect(report.outcome.summary == "functionError Runtime.InvalidEntrypoint")
        #expect(report.outcome.failure?.errorMessage.contains("/nowhere/handler") == true)
    }

    @Test(
        "ends a handler at its deadline, however it resists",
        arguments: [
            "sleep 1000", "trap '' TERM; sleep 1000 & wait; sleep 1000", "exec >&- ; sleep 1000",
        ]
    )
    func timeout(script: String) async throws {
        let report = try await ScriptHandler(script, timeout: 1).invoke()
        #expect(report.outcome.summary == "timeout Sandbox.Timeout")
        #expect(report.duration < .seconds(900))
    }

    @Test("lets a handler that heeds SIGTERM finish within the grace")
    func grace() async throws {
        let script = "trap 'echo saved >&2; exit 9' TERM; while :; do sleep 0.01; done"
        let handler = try ScriptHandler(script, timeout: 1)
        let report = await handler.invoke(grace: .seconds(30))
        #expect(report.outcome.summary == "timeout Sandbox.Timeout")
        #expect(report.exitCode == 9)
        #expect(try handler.log(report).contains("saved\n"))
    }

    @Test("kills what takes more memory than it may")
    func memory() async throws {
        let script = "exec perl -e '$x = \"a\" x 200_000_000; sleep 1000'"
        let report = try await ScriptHandler(script, memory: 64).invoke()
        #expect(report.outcome.summary == "outOfMemory Runtime.OutOfMemory")
        #expect(report.peakMemory > 64 << 20)
        #expect(report.signal == SIGKILL)
    }

    @Test("counts the memory of what the handler started")
    func memoryOfChildren() async throws {
        let script = "perl -e '$x = \"a\" x 200_000_000; sleep 1000'; exit 0"
        let report = try await ScriptHandler(script, memory: 64).invoke()
        #expect(report.outcome.summary == "outOfMemory Runtime.OutOfMemory")
    }

    @Test("waits for no child that stays behind, and ends it")
    func child() async throws {
        let handler = try ScriptHandler("sleep 1000 & echo $! >child; echo '{}'")
        let report = await handler.invoke()
        #expect(report.outcome == .success(output: Array("{}\n".utf8)))
        let text = try handler.folder.text("child")
        let child = try #require(pid_t(text.prefix { $0 != "\n" }))
        #expect(hasEnded(child))
    }

    @Test("gives a handler the documented variables and no others")
    func environment() async throws {
        var handler = try ScriptHandler("env -0")
        handler.function.environment = ["CHUNK_BYTES": "10"]
        let report = await handler.invoke()
        let variables = try variables(report)
        let expected: Set = [
            "_HANDLER", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_REQUEST_ID", "LAMBDA_TASK_ROOT", "TZ",
            "SLUICE_DEADLINE_MS", "SLUICE_CONFIG", "SLUICE_BUCKETS", "PATH", "HOME", "LANG",
            "CHUNK_BYTES",
        ]
        #expect(Set(variables.keys) == expected)
        #expect(variables["AWS_LAMBDA_REQUEST_ID"] == report.requestID)
        #expect(variables["SLUICE_BUCKETS"] == handler.buckets)
        // Sluice's programs come last: `split` is also one of the system's.
        #expect(variables["PATH"] == "/usr/bin:/bin:\(handler.folder.path)")
    }

    @Test("gives what other programs need to one that has them copy, and no region that is made up")
    func copyingEnvironment() async throws {
        var handler = try ScriptHandler("env -0")
        handler.function.copy = FolderCopy(
            direction: .sync,
            place: .s3("s3://bucket"),
            folder: "stage-1",
            options: []
        )
        handler.function.environment = ["RSYNC_PASSWORD": "the function's own"]
        let variables = try variables(await handler.invoke())
        #expect(variables["AWS_SECRET_ACCESS_KEY"] == "for copies")
        #expect(variables["RSYNC_PASSWORD"] == "the function's own")
        #expect(variables["AWS_LAMBDA_FUNCTION_NAME"] == "f")
        #expect(variables["AWS_REGION"] == nil)
        #expect(variables["SECRET"] == nil)
    }

    /// What `env -0` printed, without what a shell adds by itself.
    private func variables(_ report: InvocationReport) throws -> [String: String] {
        guard case .success(let output) = report.outcome else {
            Issue.record("\(report)")
            return [:]
        }
        var variables: [String: String] = [:]
        for pair in output.split(separator: 0) {
            let parts = String(decoding: pair, as: UTF8.self).split(separator: "=", maxSplits: 1)
            variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        for name in ["PWD", "SHLVL", "_", "OLDPWD"] { variables[name] = nil }
        return variables
    }

    @Test("keeps a log with the lines of Lambda around the handler's own")
    func log() async throws {
        let handler = try ScriptHandler("printf 'no line end' >&2")
        let report = await handler.invoke()
        let lines = try handler.log(report).split(separator: "\n")
        let id = report.requestID
        #expect(lines.count == 4)
        #expect(lines[0] == "START RequestId: \(id) Version: $LATEST")
        #expect(lines[1] == "no line end")
        #expect(lines[2] == "END RequestId: \(id)")
        #expect(lines[3].hasPrefix("REPORT RequestId: \(id)\tDuration: "))
        #expect(lines[3].contains("Memory Size: 1024 MB\tMax Memory Used: "))
    }

    @Test("ends the handler when its task is cancelled")
    func cancelled() async throws {
        let handler = try ScriptHandler("echo $$ >started; sleep 1000")
        let report = await withTaskGroup(of: InvocationReport.self) { tasks in
            tasks.addTask { await handler.invoke() }
            while !handler.folder.holds("started") { await Task.yield() }
            tasks.cancelAll()
            return await tasks.next()
        }
        #expect(report?.outcome == .interrupted)
    }

    private func hasEnded(_ process: pid_t) -> Bool {
        guard let status = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
            return true
        }
        let fields = String(decoding: status, as: UTF8.self).split(separator: " ")
        return fields.count < 3 || fields[2] == "Z" || fields[2] == "X"
    }
}
