import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("A retraction or a replay that `sluice up` does not live to end")
struct CutOffTests {
    enum Work: String, CaseIterable { case deletion, retract, replay }

    /// The function during whose run the daemon is killed.
    struct Cut: CustomTestStringConvertible {
        var work: Work
        var function: String

        var testDescription: String { "\(work.rawValue), in \(function)" }

        static let all = Work.allCases.flatMap { work in
            ["split", "crawl", "convert", "load"].map { Cut(work: work, function: $0) }
        }
    }

    @Test("is ended by the next one", .timeLimit(.minutes(30)), arguments: Cut.all)
    func isEnded(cut: Cut) async throws {
        let flow = try RealFlow(
            """
            {"tables": {"t": {"mode": "upsert", "keys": ["id"], "onDelete": "retract",
              "transform": "t.sql"}}}
            """
        )
        try flow.folder.write("SELECT id, n FROM source", to: "t.sql")
        try flow.drop("id,n\n1,1\n2,2\n", "stage-1/t/a.csv")
        try flow.drop("id,n\n2,20\n3,30\n", "stage-1/t/b.csv")
        #expect(try await flow.sluice("up", "--once").code == 0)
        let before = try flow.logs(of: cut.function)
        switch cut.work {
        case .deletion:
            try FileManager.default.removeItem(atPath: flow.folder.path("buckets/stage-1/t/b.csv"))
        case .retract: try await flow.sluice("retract", "stage-1/t/b.csv")
        case .replay:
            try flow.folder.write("SELECT id, n + 1 AS n FROM source", to: "t.sql")
            try await flow.sluice("replay", "--prefix", "stage-1/t/")
        }
        let daemon = try flow.start("up")
        try await flow.waitFor { try flow.logs(of: cut.function) > before }
        daemon.send(9)
        _ = await daemon.end()
        let end = try await flow.sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")
        let rows = cut.work == .replay ? ["1,2", "2,21", "3,31"] : ["1,1", "2,2"]
        for store in ["lake", "warehouse"] {
            let found = try await flow.sluice(
                "query",
                "--format",
                "csv",
                "SELECT id, n FROM \(store).t ORDER BY id"
            )
            #expect(found.text.split(separator: "\n").dropFirst().map(String.init) == rows)
        }
        let verdict = try await flow.sluice("verify")
        #expect(verdict.code == 0, "\(verdict.text)")
    }
}

extension RealFlow {
    /// How many runs a function has begun.
    fileprivate func logs(of function: String) throws -> Int {
        try folder.files(in: "buckets/.sluice/logs/\(function)").count
    }
}
