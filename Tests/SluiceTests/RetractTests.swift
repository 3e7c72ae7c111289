import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("Files whose rows are taken out of their tables")
struct RetractTests {
    private static let settings = #"{"tables": {"t": {"onDelete": "retract"}}}"#

    @Test("stay as they are, and are loaded again only when they are dropped again")
    func byHand() async throws {
        let flow = try RealFlow()
        for name in ["gone", "there", "other"] {
            try flow.drop("id\n1\n2\n", "stage-1/t/\(name).csv")
        }
        #expect(try await flow.sluice("up", "--once").code == 0)
        try flow.delete("stage-1/t/gone.csv")
        let queued = try await flow.sluice("retract", "stage-1/t/gone.csv", "stage-1/t/there.csv")
        #expect(queued.text == "2 queued to be taken out; `sluice up` will do it\n")
        for _ in 0..<2 {
            #expect(try await flow.sluice("up", "--once").code == 0)
            #expect(try await flow.sources() == ["stage-1/t/other.csv"])
        }
        let gone = try await flow.sluice("explain", "stage-1/t/gone.csv")
        #expect(gone.flat.contains("Taken out by `sluice retract`"), "\(gone.text)")
        #expect(gone.flat.contains("-2 rows from lake.t version"), "\(gone.text)")
        let there = try await flow.sluice("explain", "stage-1/t/there.csv")
        #expect(there.flat.contains("The file is still there"), "\(there.text)")
        #expect(try await flow.sluice("verify").code == 0)

        try flow.drop("id\n1\n2\n", "stage-1/t/there.csv")
        #expect(try await flow.sluice("up", "--once").code == 0)
        #expect(try await flow.sources() == ["stage-1/t/other.csv", "stage-1/t/there.csv"])
        let verdict = try await flow.sluice("verify")
        #expect(verdict.code == 0, "\(verdict.text)")
    }

    @Test("are refused where nothing is known of them, or they make no rows")
    func unknown() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", "stage-1/t/a.csv")
        #expect(try await flow.sluice("up", "--once").code == 0)
        let unknown = try await flow.sluice("retract", "stage-1/t/b.csv")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("nothing is known of stage-1/t/b.csv"))
        #expect(try await flow.sluice("retract", "lake/t/a.csv").code == 2)
    }

    @Test("go with a file that was deleted while nothing ran, and come back with it")
    func whileDown() async throws {
        let flow = try RealFlow(Self.settings)
        for name in ["a", "sub/b", "sub/c"] { try flow.drop("id\n1\n", "stage-1/t/\(name).csv") }
        #expect(try await flow.sluice("up", "--once").code == 0)
        try flow.delete("stage-1/t/sub")
        #expect(try await flow.sluice("up", "--once").code == 0)
        #expect(try await flow.sources() == ["stage-1/t/a.csv"])
        let page = try await flow.sluice("explain", "stage-1/t/sub/b.csv")
        #expect(page.flat.contains("Taken out, because the file was deleted"), "\(page.text)")

        try flow.drop("id\n1\n", "stage-1/t/sub/b.csv")
        #expect(try await flow.sluice("up", "--once").code == 0)
        #expect(try await flow.sources() == ["stage-1/t/a.csv", "stage-1/t/sub/b.csv"])
        #expect(try await flow.sluice("verify").code == 0)
    }

    @Test("go while `sluice up` runs, however they go", .timeLimit(.minutes(30)))
    func whileRunning() async throws {
        let flow = try RealFlow(Self.settings)
        let daemon = try flow.start("up")
        for name in ["a", "sub/b", "sub/c", "d"] {
            try flow.drop("id\n1\n", "stage-1/t/\(name).csv")
        }
        try await flow.waitFor { try await flow.sources().count == 4 }
        try flow.delete("stage-1/t/sub")
        try flow.move("stage-1/t/a.csv", to: "stage-1/t/moved.csv")
        try await flow.waitFor {
            try await flow.sources() == ["stage-1/t/d.csv", "stage-1/t/moved.csv"]
        }
        let queued = try await flow.sluice("retract", "stage-1/t/d.csv")
        #expect(queued.text == "1 queued to be taken out\n")
        try await flow.waitFor { try await flow.sources() == ["stage-1/t/moved.csv"] }
        daemon.send(15)
        #expect(await daemon.end().code == 0)
        #expect(try await flow.sluice("up", "--once").code == 0)
        #expect(try await flow.sluice("verify").code == 0)
    }

    @Test(
        "leave what is there at the end, however fast files come, change, move and go",
        .timeLimit(.minutes(30)),
        arguments: ["append", "upsert", "replace_partitions"]
    )
    func churn(mode: String) async throws {
        var random = SeededGenerator(seed: UInt64(mode.utf8.count))
        let more =
            switch mode {
            case "upsert": #", "keys": ["id"]"#
            case "replace_partitions": #", "partitionBy": ["id"]"#
            default: ""
            }
        let flow = try RealFlow(
            #"{"tables": {"t": {"mode": "\#(mode)", "onDelete": "retract"\#(more)}}}"#
        )
        try flow.drop("id,n\nstays,0\n", "stage-1/t/stays.csv")
        let daemon = try flow.start("up")
        var files: [String: Int] = [:]
        for step in 1...40 {
            let name = "f\(Int.random(in: 0..<4, using: &random))"
            let other = "f\(Int.random(in: 0..<4, using: &random))"
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                if files.removeValue(forKey: name) != nil {
                    try flow.delete("stage-1/t/\(name).csv")
                }
            case 2 where name != other && files[other] == nil:
                if let content = files.removeValue(forKey: name) {
                    files[other] = content
                    try flow.move("stage-1/t/\(name).csv", to: "stage-1/t/\(other).csv")
                }
            default:
                // Few contents, so that the same bytes come again.
                let content = step % 3
                files[name] = content
                try flow.drop("id,n\nx\(content),\(content)\n", "stage-1/t/\(name).csv")
            }
            if step % 13 == 0 { try await flow.waitFor { try await flow.isIdle() } }
        }
        daemon.send(15)
        #expect(await daemon.end().code == 0)
        #expect(try await flow.sluice("up", "--once").code == 0)
        let verdict = try await flow.sluice("verify")
        #expect(verdict.code == 0, "\(verdict.text)")
        let sources = try await flow.sources()
        if mode == "append" {
            #expect(
                sources
                    == (files.keys.map { "stage-1/t/\($0).csv" } + ["stage-1/t/stays.csv"]).sorted()
            )
        }
        // Whatever the mode, each content that some file has is there once, and no other.
        let contents = Set(files.values.map { "x\($0)" } + ["stays"])
        #expect(
            Set(try await flow.ids("lake.t")).isSubset(of: mode == "append" ? contents : Self.all)
        )
        for content in contents { #expect(try await flow.ids("lake.t").contains(content)) }
        #expect(try await flow.ids("lake.t") == flow.ids("warehouse.t"))
    }

    private static let all: Set<String> = ["x0", "x1", "x2", "stays"]
}

extension RealFlow {
    fileprivate func delete(_ object: String) throws {
        try FileManager.default.removeItem(atPath: folder.path("buckets/" + object))
    }

    fileprivate func move(_ object: String, to other: String) throws {
        try FileManager.default.moveItem(
            atPath: folder.path("buckets/" + object),
            toPath: folder.path("buckets/" + other)
        )
    }

    /// The files that have rows in lake and warehouse, which must be the same.
    fileprivate func sources() async throws -> [String] {
        let lake = try await column("SELECT DISTINCT _source FROM lake.t ORDER BY 1")
        let other = try await column("SELECT DISTINCT _source FROM warehouse.t ORDER BY 1")
        return lake == other ? lake : []
    }

    fileprivate func ids(_ table: String) async throws -> [String] {
        try await column("SELECT id FROM \(table) ORDER BY id")
    }

    private func column(_ statement: String) async throws -> [String] {
        let end = try await sluice("query", "--format", "csv", statement)
        return end.text.split(separator: "\n").dropFirst().map(String.init)
    }

    fileprivate func isIdle() async throws -> Bool {
        let status = try await facts("status")
        return ["queued", "running", "waiting"].allSatisfy { status[$0]?.integer == 0 }
    }
}
