import Events
import Glibc
import TestSupport
import Testing

@Suite("Verify, beside a running daemon,", .serialized)
struct RunningTests {
    @Test("reports no faults while files come, change and go")
    func beside() async throws {
        let flow = try await PreparedFlow.made(steps: 1)
        let daemon = try RunningProgram(
            builtProgram(named: "sluice"),
            ["up"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: flow.folder.path
        )
        for round in 1...6 {
            for file in 0..<3 {
                try flow.drop(
                    "id,region,total\n\(round),eu,1\n\(file),us,many\n",
                    "orders/f\(file).csv"
                )
                try flow.drop("sku,price\nk\(file),\(round)\n", "products/p\(file).csv")
                try flow.drop("sku,price\nk,\(round)\n", "prices/p\(file).csv")
                try flow.drop("{\"a\":\(round)}\n", "events/e\(file).jsonl")
            }
            if round > 1 { try flow.remove("stage-1/orders/n\(round - 1).csv") }
            try flow.drop("id,region,round\(round)\n1,eu,x\n", "orders/n\(round).csv")
            let report = try await flow.verify()
            #expect(report["findings"] == [], "round \(round)")
        }
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        try await flow.up()
        let report = try await flow.verify()
        #expect(report["findings"] == [])
        #expect(report["pending"] == [])
    }

    @Test("calls what waits for its turn pending, and ends with 0")
    func queued() async throws {
        let flow = try FlowFolder(
            settings: """
                {"functions": {"split": {"handler": "split"}, "crawl": {"handler": "crawl"},
                  "convert": {"handler": "convert", "concurrency": 0}, "load": {"handler": "load"}}}
                """
        )
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        let report = try await flow.verify()
        #expect(report["findings"] == [])
        let pending = try #require(report["pending"]?.array)
        #expect(pending.map { $0["what"]?.string } == ["convert: queued"])
    }
}
