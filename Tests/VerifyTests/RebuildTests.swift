import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Each test does harm to the ledger of a copy of the settled flow.
@Suite("A ledger that is made anew")
struct RebuildTests {
    @Test("keeps rows and their sequencers, and runs nothing that is done", arguments: Harm.all)
    func nothingTwice(harm: Harm) async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        let (rows, traces) = (try await flow.rows(withSequencers: true), try await flow.traces())
        try harm.plant(flow)
        let end = try await flow.sluice(["rebuild"])
        #expect(end.code == 0, "\(end.errors)")
        let up = try await flow.sluice(["up", "--once"])
        // The file that `convert` and `load` refused is tried again, and `derive` looks at its table
        // once, as with every new ledger.
        #expect(up.text.contains("runs: 4, dead letters: 1,"), "\(up.text)\(up.errors)")
        #expect(try await flow.rows(withSequencers: true) == rows)
        #expect(try await flow.traces() == traces)
        #expect(try await flow.findings() == [])
    }

    @Test("takes the place of a file that is no database, which says so and is kept")
    func kept() async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        try Harm.noDatabase.plant(flow)
        let damaged = try flow.folder.read("buckets/.sluice/ledger.sqlite")
        for command in [["up", "--once"], ["status"], ["redrive"]] {
            let end = try await flow.sluice(command)
            #expect(end.code == 1)
            #expect(end.errors.contains("file is not a database"), "\(end.errors)")
            #expect(end.errors.contains(flow.path(".sluice/ledger.sqlite")))
            #expect(end.errors.contains("sluice rebuild"))
        }
        let dry = try await flow.sluice(["rebuild", "--dry-run"])
        #expect(dry.text.contains("would record: "))
        #expect(try flow.folder.read("buckets/.sluice/ledger.sqlite") == damaged)
        #expect(try flow.files("ledger.sqlite.damaged").isEmpty)
        // As if another attempt had been killed.
        try flow.write("half", to: ".sluice/ledger.sqlite.new")
        let end = try await flow.sluice(["rebuild", "--json"])
        #expect(end.code == 0, "\(end.errors)")
        let kept = try flow.file("ledger.sqlite.damaged")
        #expect(try flow.folder.read("buckets/\(kept)") == damaged)
        let report = try JSONValue(parsing: end.text)
        #expect(report["kept"]?.string == flow.path(kept))
        #expect(report["damage"]?.string == "file is not a database")
        #expect(report["queued"]?["crawl"]?.integer == 1)
        #expect(try flow.files("ledger.sqlite.new").isEmpty)
    }

    @Test("leaves to `sluice up` what is missing, new or changed")
    func missing() async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        let rows = try await flow.rows(withSequencers: true)
        try await flow.warehouse(
            """
            DELETE FROM orders WHERE _source = 'stage-1/orders/d.csv';
            DELETE FROM sluice_loads WHERE source = 'stage-1/orders/d.csv'
            """
        )
        try Harm.noDatabase.plant(flow)
        let report = try JSONValue(
            parsing: try await flow.sluice(["rebuild", "--json"]).text
        )
        #expect(report["queued"]?["load"]?.integer == 1)
        try await flow.up()
        #expect(try await flow.rows(withSequencers: true) == rows)
        #expect(try await flow.findings() == [])

        try Harm.lost.plant(flow)
        try flow.drop("id,region,total,note\n9,eu,9.5,x\n", "orders/new.csv")
        try flow.drop("id,region,total,note\n1,eu,100,x\n", "orders/a.csv")
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        try await flow.up()
        #expect(try await flow.findings() == [])
        let totals = try await flow.sluice([
            "query", "--format", "csv",
            "SELECT id, total FROM warehouse.orders WHERE id IN (1, 2, 9) ORDER BY id",
        ])
        #expect(totals.text == "id,total\n1,100.0\n9,9.5\n")
    }

    @Test("takes up a split that was cut off under its own number")
    func cutOff() async throws {
        let flow = try FlowFolder(settings: "{}")
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        let folder = try flow.file("stage-2", "_manifest.json")
        let number = try #require(folder.split(separator: "/").dropLast().last).description
        // As if the kill had come before the manifest, and nobody had been told.
        try flow.remove(folder)
        try flow.remove("lake/t")
        try flow.remove("warehouse.duckdb")
        try Harm.lost.plant(flow)
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        try await flow.up()
        #expect(try flow.file("stage-2", "_manifest.json").contains(number))
        #expect(try await flow.findings() == [])
    }

    @Test("knows which files were taken out of their table, and which came again since")
    func removed() async throws {
        let flow = try FlowFolder(settings: #"{"tables": {"t": {"onDelete": "retract"}}}"#)
        for name in ["gone", "again", "stays"] { try flow.drop("a\n1\n", "t/\(name).csv") }
        try await flow.up()
        for name in ["gone", "again"] { try flow.remove("stage-1/t/\(name).csv") }
        try await flow.up()
        let rows = ["query", "--format", "csv", "SELECT _source, _seq FROM lake.t ORDER BY ALL"]
        let before = try await flow.sluice(rows).text
        try Harm.noDatabase.plant(flow)
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        let up = try await flow.sluice(["up", "--once"])
        #expect(up.text.hasPrefix("versions: 0, runs: 0, dead letters: 0"), "\(up.text)")
        #expect(try await flow.sluice(rows).text == before)
        #expect(try await flow.findings() == [])

        try Harm.lost.plant(flow)
        try flow.drop("a\n1\n", "t/again.csv")
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        try await flow.up()
        let after = try await flow.sluice(rows).text.split(separator: "\n")
        #expect(
            after.map { $0.prefix { $0 != "," } } == [
                "_source", "stage-1/t/again.csv", "stage-1/t/stays.csv",
            ]
        )
        #expect(try await flow.findings() == [])
    }

    @Test("is refused while `sluice up` runs, and where nothing is wrong")
    func refused() async throws {
        let flow = try FlowFolder(settings: "{}")
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        let sound = try await flow.sluice(["rebuild"])
        #expect(sound.code == 1)
        #expect(sound.errors.contains("nothing to rebuild"))
        let daemon = try flow.daemon()
        try await eventually {
            access(flow.path(".sluice/control"), F_OK) == 0
        }
        let beside = try await flow.sluice(["rebuild", "--force"])
        #expect(beside.code == 1)
        #expect(beside.errors.contains("already works on"))
        daemon.send(SIGTERM)
        #expect(await daemon.end().code == 0)
        let forced = try await flow.sluice(["rebuild", "--force"])
        #expect(forced.code == 0, "\(forced.errors)")
        let up = try await flow.sluice(["up", "--once"])
        #expect(up.text.hasPrefix("versions: 0, runs: 0, dead letters: 0"))
    }

    @Test("is not begun while the load history cannot be read")
    func unreachable() async throws {
        let flow = try FlowFolder(settings: "{}")
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        try flow.write("no warehouse", to: "warehouse.duckdb")
        try Harm.noDatabase.plant(flow)
        let end = try await flow.sluice(["rebuild"])
        #expect(end.code == 1)
        #expect(end.errors.contains("load history"), "\(end.errors)")
        #expect(try flow.files("ledger.sqlite.damaged").isEmpty)
        try Harm.lost.plant(flow)
        let up = try await flow.sluice(["up", "--once"])
        #expect(up.code == 1)
        #expect(up.errors.contains("the ledger is new, and the load history"), "\(up.errors)")
    }

    @Test("begins above every number of the load history, also without being asked for")
    func floor() async throws {
        let flow = try FlowFolder(settings: "{}")
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        let far = Sequencer(rawValue: 1 << 61)
        try await flow.warehouse(
            """
            INSERT INTO sluice_loads SELECT 'other', 'stage-1/other/o.csv', \(far.column), 'x', 0, 0,
                'replaced', loaded_at FROM sluice_loads
            """
        )
        for command in [["up", "--once"], ["rebuild"]] {
            try Harm.lost.plant(flow)
            try flow.drop("a\n\(command.count)\n", "t/\(command[0]).csv")
            #expect(try await flow.sluice(command).code == 0)
            try await flow.up()
            let rows = try await flow.sluice([
                "query", "--format", "csv",
                "SELECT _seq > \(far.column) FROM lake.t WHERE _source LIKE '%\(command[0])%'",
            ])
            #expect(rows.text.hasSuffix("\ntrue\n"), "\(rows.text)\(rows.errors)")
        }
    }

    @Test("is asked for by a daemon that meets damage in the middle of the file")
    func damagedMeanwhile() async throws {
        let flow = try FlowFolder(settings: "{}")
        try flow.drop("a\n1\n", "t/x.csv")
        try await flow.up()
        let rows = try await flow.sluice(["query", "FROM lake.t"]).text
        let daemon = try flow.daemon()
        try await eventually {
            access(flow.path(".sluice/control"), F_OK) == 0
        }
        try Harm.damagedPages.plant(flow)
        try flow.drop("a\n2\n", "t/y.csv")
        let end = await daemon.end()
        #expect(end.code == 1)
        #expect(end.errors.contains("sluice rebuild"), "\(end.errors)")
        #expect(end.errors.contains(flow.path(".sluice/ledger.sqlite")))
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        try await flow.up()
        #expect(try await flow.findings() == [])
        #expect(rows.contains("1"))
        let both = try await flow.sluice([
            "query", "--format", "csv", "SELECT a FROM lake.t ORDER BY a",
        ])
        #expect(both.text == "a\n1\n2\n")
    }

    @Test("keeps what PostgreSQL holds")
    func postgres() async throws {
        guard let schema = try await PostgresSchema() else { return }
        var flow = try FlowFolder(
            settings: """
                {"warehouse": "\(schema.url)", "warehouseSchema": "\(schema.name)",
                 "tables": {"products": {"mode": "upsert", "keys": ["sku"]}}}
                """
        )
        flow.server = schema
        try flow.drop("id,total\n1,1.5\n2,2.5\n", "orders/a.csv")
        try flow.drop("sku,price\na,1\nb,2\n", "products/p.csv")
        try await flow.up()
        try flow.drop("sku,price\na,3\n", "products/q.csv")
        try await flow.up()
        try Harm.noDatabase.plant(flow)
        #expect(try await flow.sluice(["rebuild"]).code == 0)
        let up = try await flow.sluice(["up", "--once"])
        #expect(up.text.hasPrefix("versions: 0, runs: 0, dead letters: 0"))
        #expect(try await flow.findings() == [])
        try await schema.drop()
    }
}

/// What happened to a ledger.
struct Harm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let plant: @Sendable (FlowFolder) throws -> Void

    static let all = [lost, noDatabase, damagedPages, dangling]

    static let lost = Harm(testDescription: "it is gone") { flow in
        for ending in ["", "-wal", "-shm"] { try? flow.remove(".sluice/ledger.sqlite\(ending)") }
    }

    static let noDatabase = Harm(testDescription: "it is no database") { flow in
        try lost.plant(flow)
        try flow.write(
            String(repeating: "no database ", count: 1000),
            to: ".sluice/ledger.sqlite"
        )
    }

    /// All pages but the first, in which the schema begins.
    static let damagedPages = Harm(testDescription: "its pages are damaged") { flow in
        let path = flow.path(".sluice/ledger.sqlite")
        let file = open(path, O_WRONLY | O_CLOEXEC)
        try require(file >= 0, "cannot open \(path)")
        defer { close(file) }
        let page = [UInt8](repeating: 0xA5, count: 4096)
        let pages = Int(lseek(file, 0, SEEK_END)) / page.count
        try require(pages > 1, "\(path) has one page")
        for number in 1..<pages {
            try require(
                pwrite(file, page, page.count, off_t(number * page.count)) == page.count,
                "cannot write \(path)"
            )
        }
    }

    static let dangling = Harm(testDescription: "its rows do not fit together") { flow in
        try flow.ledger("DELETE FROM objects WHERE bucket = 'stage-1'")
    }
}

extension FlowFolder {
    /// Starts `sluice up`.
    fileprivate func daemon() throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "sluice"),
            ["up"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
    }

    /// What work leaves behind: commits of the lake, chunks, the load history.
    fileprivate func traces() async throws -> [String] {
        let loads = try await sluice([
            "query", "--format", "csv", "FROM warehouse.sluice_loads ORDER BY ALL",
        ])
        let files = try files("/").filter { $0.hasPrefix("lake/") || $0.hasPrefix("stage-2/") }
        return files + loads.text.split(separator: "\n").map(String.init)
    }
}
