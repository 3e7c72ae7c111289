import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("`sluice replay`")
struct ReplayTests {
    private static func settings(_ mode: String) -> String {
        let keys = mode == "upsert" ? #", "keys": ["id"]"# : ""
        let parts = mode == "replace_partitions" ? #", "partitionBy": ["id"]"# : ""
        return
            #"{"tables": {"t": {"mode": "\#(mode)", "transform": "t.sql"\#(keys)\#(parts)}}}"#
    }

    @Test(
        "makes tables what they had been with the settings of today from the start",
        arguments: ["append", "replace", "upsert", "replace_partitions"]
    )
    func asFromTheStart(mode: String) async throws {
        let changed = try await Self.flow(
            mode,
            statements: "SELECT id, n * 2 AS double, 'x' AS old FROM source"
        )
        try changed.folder.write("SELECT id, n + 1 AS n, n * 2 AS double FROM source", to: "t.sql")
        let dry = try await changed.sluice("replay", "--prefix", "stage-1/t/", "--dry-run")
        #expect(dry.text.hasSuffix("4 would be queued again\n"), "\(dry.text)\(dry.errors)")
        let queued = try await changed.sluice("replay", "--prefix", "stage-1/t/")
        #expect(queued.text == "split t: 4\n4 queued again; `sluice up` will run them\n")
        let end = try await changed.sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")

        let fresh = try await Self.flow(
            mode,
            statements: "SELECT id, n + 1 AS n, n * 2 AS double FROM source"
        )
        for store in ["lake", "warehouse"] {
            let rows = try await Self.rows(changed, store)
            #expect(rows.count > 1)
            #expect(try await rows == Self.rows(fresh, store))
        }
        let verdict = try await changed.sluice("verify")
        #expect(verdict.code == 0, "\(verdict.text)")

        // A replay for each store is one commit and one transaction, and a second is another one.
        let version = try await Self.newestVersion(changed)
        #expect(try await changed.sluice("up", "--once").code == 0)
        #expect(try await Self.newestVersion(changed) == version)
        try await changed.sluice("replay", "--prefix", "stage-1/t/", "--function", "convert")
        #expect(try await changed.sluice("up", "--once").code == 0)
        #expect(try await Self.newestVersion(changed) == version + 1)
        #expect(try await Self.rows(changed, "lake") == Self.rows(fresh, "lake"))
    }

    @Test("splits anew where the format is another, and keeps the text of files that are gone")
    func format() async throws {
        let flow = try RealFlow()
        try flow.drop("a;b\n1;2\n", "stage-1/t/here.csv")
        try flow.drop("a;b\n3;4\n", "stage-1/t/gone.csv")
        try flow.folder.write(
            #"{"tables": {"t": {"format": {"delimiter": ","}}}}"#,
            to: "functions.json"
        )
        #expect(try await flow.sluice("up", "--once").code == 0)
        try FileManager.default.removeItem(atPath: flow.folder.path("buckets/stage-1/t/gone.csv"))
        try flow.folder.write(
            #"{"tables": {"t": {"format": {"delimiter": ";"}}}}"#,
            to: "functions.json"
        )
        try await flow.sluice("replay", "--prefix", "stage-1/t/here")
        let end = try await flow.sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")
        let rows = try await flow.sluice(
            "query",
            "--format",
            "csv",
            "SELECT a, b, a_b FROM lake.t ORDER BY a"
        )
        #expect(
            rows.text.split(separator: "\n").dropFirst() == ["1,2,", ",,3;4"],
            "\(rows.errors)"
        )
        #expect(try await flow.sluice("verify").code == 0)
    }

    @Test(
        "runs again while `sluice up` runs, and tells objects from others",
        .timeLimit(.minutes(30))
    )
    func whileRunning() async throws {
        let flow = try RealFlow()
        for name in ["a/1", "a/2", "b/1"] { try flow.drop("id\n1\n", "stage-1/\(name).csv") }
        let daemon = try flow.start("up")
        try await flow.waitFor {
            let facts = try await flow.facts("status")
            return facts["objects"]?.integer ?? 0 >= 6
                && ["queued", "running", "waiting"].allSatisfy { facts[$0]?.integer == 0 }
        }
        let dry = try await flow.facts("replay", "--prefix", "stage-1/a/", "--dry-run")
        #expect(dry["replayed"]?.array?.compactMap { $0["objects"]?.integer } == [2])
        let later = try await flow.sluice(
            "replay",
            "--prefix",
            "stage-1/a/",
            "--since",
            "2999-01-01",
            "--dry-run"
        )
        #expect(later.text == "0 would be queued again\n")
        try await flow.sluice("replay", "--prefix", "stage-1/a/")
        try await flow.waitFor { try await Self.newestVersion(flow, "a") >= 1 }
        daemon.send(15)
        #expect(await daemon.end().code == 0)
        #expect(try await flow.sluice("up", "--once").code == 0)
        let rows = try await flow.sluice("query", "--format", "csv", "SELECT count(*) FROM lake.a")
        #expect(rows.text.hasSuffix("\n2\n"))
        #expect(try await flow.sluice("verify").code == 0)
    }

    private static func flow(_ mode: String, statements: String) async throws -> RealFlow {
        let flow = try RealFlow(settings(mode))
        try flow.folder.write(statements, to: "t.sql")
        let drops = [
            ("first", "id,n\na,1\nb,2\n"), ("second", "id,n\nb,3\nc,4\n"),
            ("first", "id,n\na,5\n"), ("third", "id,n\nc,6\nd,7\n"),
        ]
        for (name, content) in drops {
            try flow.drop(content, "stage-1/t/\(name).csv")
            #expect(try await flow.sluice("up", "--once").code == 0)
        }
        return flow
    }

    private static func rows(_ flow: RealFlow, _ store: String) async throws -> [String] {
        let end = try await flow.sluice(
            "query",
            "--format",
            "csv",
            "SELECT * EXCLUDE (_seq) FROM \(store).t ORDER BY ALL"
        )
        return end.text.split(separator: "\n").map(String.init)
    }

    private static func newestVersion(_ flow: RealFlow, _ table: String = "t") async throws -> Int {
        let files = try flow.folder.files(in: "buckets/lake/\(table)/_delta_log")
        return files.filter { $0.hasSuffix(".json") }.count - 1
    }
}
