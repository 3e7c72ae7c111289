import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("Joining files", .serialized)
struct CompactionTests {
    @Test("beside a daemon that converts at the same time loses and doubles nothing")
    func beside() async throws {
        let flow = try FlowFolder(
            settings: """
                {"tables": {"orders": {"partitionBy": ["region"]},
                  "products": {"mode": "upsert", "keys": ["sku"]}}}
                """
        )
        let daemon = try RunningProgram(
            builtProgram(named: "sluice"),
            ["up"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: flow.folder.path
        )
        // Before it has the buckets, a run by hand would take them.
        while !FileManager.default.fileExists(atPath: flow.path(".sluice/control")) {
            try await Task.sleep(for: .milliseconds(5))
        }
        for round in 1...8 {
            for file in 0..<3 {
                try flow.drop("id,region\n\(round),eu\n\(file),us\n", "orders/f\(file).csv")
                try flow.drop("sku,price\nk\(file),\(round)\n", "products/p\(round)-\(file).csv")
            }
            let end = try await flow.sluice(["compact"])
            #expect(end.code == 0, "\(end.errors)")
            #expect(try await flow.verify()["findings"] == [], "round \(round)")
        }
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        try await flow.up()
        let end = try await flow.sluice(["compact"])
        #expect(end.code == 0, "\(end.errors)")
        try await flow.up()
        #expect(try await flow.findings() == [])
        let sums = try await flow.sluice([
            "query", "--format", "csv",
            """
            SELECT (SELECT count(*) FROM lake.orders), (SELECT sum(id) FROM lake.orders),
                (SELECT count(*) FROM lake.products), (SELECT sum(price) FROM lake.products)
            """,
        ])
        #expect(sums.text.hasSuffix("\n6,27,3,24\n"), "\(sums.text)")
    }

    @Test("on a schedule waits until a partition gets four files fewer, and computes nothing again")
    func schedule() async throws {
        let flow = try FlowFolder(settings: PreparedFlow.settings)
        try flow.folder.write(PreparedFlow.transform, to: "trips.sql")
        try flow.folder.write(PreparedFlow.query, to: "offers.sql")
        let row = "indicator_id,locale,interval,dimension_id,value\n"
        var counts: [Int] = []
        for number in 1...5 {
            let rows = ["US", "CA"].map { "I,\($0),Y1:200\(number),D,\(number)\n" }.joined()
            try flow.drop(row + rows, "places/\(number).csv")
            try await flow.up()
            let before = try flow.version("places")
            let event =
                #"{"detail-type":"Scheduled Event","version":"0","id":"1","source":"aws.events","#
                + #""account":"0","time":"2026-01-01T00:00:00Z","region":"r","resources":[],"detail":{}}"#
            let end = try await flow.sluice(["invoke", "compact", "--event", "-"], input: event)
            #expect(end.code == 0, "\(end.errors)")
            counts.append(try flow.version("places") - before)
        }
        #expect(counts == [0, 0, 0, 0, 1])
        let results = try flow.version("weighted_distances")
        try await flow.up()
        #expect(try flow.version("weighted_distances") == results)
        #expect(try await flow.findings() == [])
    }
}
