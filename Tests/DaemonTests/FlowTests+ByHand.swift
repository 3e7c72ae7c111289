import Daemon
import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

extension FlowTests {
    /// `convert` is a handler that works on a table one run at a time.
    @Test("makes a run by hand beside others, but not on a table that is busy")
    func byHandOnBusyTable() async throws {
        let script = """
            #!/bin/sh
            cat >event.$$; table=$(sed -n 's/.*"table":"\\([a-z]*\\)".*/\\1/p' event.$$)
            echo "begin $table" >>marks
            if [ $table = busy ]; then while ! test -e go; do sleep 0.01; done; fi
            echo "end $table" >>marks; echo '{}'
            """
        let flow = try ScriptFlow(
            """
            { "functions": { "f": { "handler": "convert", "concurrency": 4, "writes": [] } },
              "maxProcesses": 4, "maxMemory": 8192,
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" } ] }
            """,
            scripts: [:]
        )
        chmod(try flow.folder.write(script, to: "convert"), 0o755)
        try flow.drop("x", "stage-1/busy/a")
        let daemon = try flow.daemon(isOnce: false)
        let running = Task { try await daemon.run() }
        try await until { flow.lines("marks") == ["begin busy"] }

        let client = ControlClient(flow.buckets)
        let config = try flow.config()
        let invoke = { @Sendable (key: String) async throws -> ControlAnswer? in
            let record = S3Record(
                version: ObjectVersion(
                    bucket: "stage-1",
                    key: key,
                    size: 1,
                    eTag: "e",
                    sequencer: Sequencer(rawValue: 7)
                ),
                removed: false,
                trigger: "t",
                table: String(key.prefix { $0 != "/" }),
                localPath: "/nowhere",
                eventTime: "",
                requestID: ""
            )
            let event = try JSONText.encode(S3Event(records: [record]))
            let request = InvokeRequest(
                function: "f",
                event: String(decoding: event, as: UTF8.self)
            )
            return await client.invoke(request, config) { _ in }
        }
        let waiting = Task { try await invoke("busy/b") }
        try await until { await client.figures()?.byHand == 1 }
        guard case .ended(let beside) = try await invoke("free/a") else {
            Issue.record("the run on another table has not ended")
            return
        }
        #expect(beside.output == "{}\n")
        #expect(flow.lines("marks") == ["begin busy", "begin free", "end free"])
        #expect(await client.figures()?.byHand == 1)

        try flow.folder.write("", to: "go")
        guard case .ended(let end) = try await waiting.value else {
            Issue.record("the run on the busy table has not ended")
            return
        }
        #expect(end.outcome == "succeeded")
        #expect(flow.lines("marks").suffix(3) == ["end busy", "begin busy", "end busy"])
        try await until { try await flow.status().functions["f"]?.done == 1 }
        running.cancel()
        _ = await running.result
    }
}
