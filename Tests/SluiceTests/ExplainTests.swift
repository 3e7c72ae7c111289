import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("`sluice explain`")
struct ExplainTests {
    private static let readings = """
        { "tables": { "readings": { "columns":
            { "id": "bigint", "taken": "date", "amount": "double" } } } }
        """
    private static let mixed = """
        id,taken,amount
        1,2026-01-01,1.00
        2,yesterday,1.00
        3,2026-01-01,2
        4,2026-02-01,1.00,9
        5,tomorrow,3

        """
    private let jan = "stage-1/readings/jan.csv"

    @Test("tells where the rows of a file are and why others are not")
    func whole() async throws {
        let flow = try RealFlow(Self.readings)
        try flow.drop(Self.mixed, jan)
        #expect(try await flow.sluice("up", "--once").code == 0)
        let page = try await flow.sluice("explain", jan)
        #expect(page.code == 0)
        for text in [
            "2 rows in lake.readings (since version 0), 2 rows in warehouse.readings; 3 records "
                + "rejected.",
            "Next: nothing, all is done.", "table readings, by the first folder of the key",
            "triggers new-file -> split", "sluice up does not run", "by a scan",
            "5 records in 1 chunk; csv, `,`; header: id, taken, amount",
            "catalog version 1: created", "+2 rows to lake.readings version 0, 3 rejected",
            "now 2 rows of it in warehouse.readings; sluice_loads: loaded",
            "3 records, by convert; load the same",
            "2 x taken: the text is no date, as taken must be", "line 3: yesterday",
            "1 x 4 fields where 3 were expected", "line 5: 4,2026-02-01,1.00,9",
        ] {
            #expect(page.flat.contains(text), "\(text)\n\(page.text)")
        }
        let facts = try await flow.facts("explain", jan)
        let version = try #require(facts["versions"]?.array?.first)
        #expect(
            version["steps"]?.array?.compactMap { $0["function"]?.string }
                == ["split", "crawl", "convert", "load"]
        )
        #expect(version["lake"]?["present"]?.integer == 2)
        #expect(version["lake"]?["version"]?.integer == 0)
        #expect(version["warehouse"]?["status"]?.string == "loaded")
        #expect(version["quarantine"]?.array?.first?["rows"]?.integer == 3)
        let run = version["steps"]?.array?.last?["runs"]?.array?.first
        #expect(run?["outcome"]?.string == "succeeded")
        #expect(run?["exitCode"]?.integer == 0)
    }

    @Test(
        "takes the path of a file, from wherever it is written",
        arguments: [
            "buckets/stage-1/readings/jan.csv", "./buckets/stage-1/readings/jan.csv", "absolute",
        ]
    )
    func paths(path: String) async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", jan)
        let path = path == "absolute" ? flow.folder.path("buckets/" + jan) : path
        #expect(try await flow.facts("explain", path)["object"]?.string == jan)
    }

    @Test("tells what a version was, what replaced it, and what the file holds now")
    func versions() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", jan)
        try await flow.sluice("up", "--once")
        try flow.drop("id\n1\n2\n", jan)
        try await flow.sluice("up", "--once")
        let page = try await flow.sluice("explain", jan)
        #expect(page.flat.contains("2 rows in lake.readings (since version 1)"))
        let versions = try #require(try await flow.facts("explain", jan)["versions"]?.array)
        let newest = try #require(versions.first?["sequencer"]?.string)
        #expect(page.flat.contains("replaced by \(newest)"))
        #expect(versions.map { $0["lake"]?["present"]?.integer } == [2, 0])
        #expect(versions.map { $0["replacedBy"]?.string } == [nil, newest])
        #expect(versions[1]["warehouse"]?["status"]?.string == "replaced")
        #expect(!page.flat.contains("+1 row to lake"))
        #expect(try await flow.sluice("explain", "--all", jan).text.contains("+1 row to lake"))

        try flow.drop("id\n1\n2\n", jan)
        let same = try await flow.sluice("explain", jan)
        #expect(same.flat.contains("The same bytes were written again, which does nothing."))
        try flow.drop("id\n3\n", jan)
        let other = try await flow.sluice("explain", jan)
        #expect(other.flat.contains("The file has changed since: `sluice up` does not run."))
        unlink(flow.folder.path("buckets/" + jan))
        try await flow.sluice("up", "--once")
        let gone = try await flow.sluice("explain", jan)
        #expect(gone.flat.contains("that changes no table"))
        #expect(gone.flat.contains("2 rows in lake.readings"))
    }

    @Test("tells who gave a file up, with the reason, the log and the remedy")
    func deadLetter() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n\u{0}\n", jan)
        try await flow.sluice("up", "--once")
        let page = try await flow.sluice("explain", jan)
        for text in [
            "Given up by split: BinaryFile: ", "(exit 65 after ", "`sluice redrive split`",
        ] {
            #expect(page.flat.contains(text), "\(text)\n\(page.text)")
        }
        #expect(page.flat.contains("log \(flow.folder.path("buckets/.sluice/logs/split/"))"))
    }

    @Test("says what is queued and why it does not run")
    func queued() async throws {
        let off = #"{"functions":{"split":{},"crawl":{},"convert":{},"load":{"concurrency":0}}}"#
        let flow = try RealFlow(off)
        try flow.drop("id\n1\n", jan)
        try await flow.sluice("up", "--once")
        let page = try await flow.sluice("explain", jan)
        #expect(page.flat.contains("On its way: load is queued."))
        #expect(page.flat.contains("functions.load.concurrency is 0"))
        #expect(page.flat.contains("now 1 row of it in lake.readings"))
    }

    @Test("says when a file that failed is tried again")
    func waiting() async throws {
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "retryDelays": [3600], "writes": [] } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" } ] }
            """
        let flow = try RealFlow(settings)
        chmod(try flow.folder.write("#!/bin/sh\necho oh dear >&2\nexit 3\n", to: "f.sh"), 0o755)
        try flow.drop("x", jan)
        let up = try flow.start("up")
        try await flow.waitFor { try await flow.facts("status")["waiting"]?.integer == 1 }
        let page = try await flow.sluice("explain", jan)
        #expect(page.flat.contains("On its way: f is waiting for another try."))
        #expect(page.flat.contains("attempt 2 of 3 of f of version"))
        #expect(page.flat.contains("runs as process \(up.process)"))
        #expect(page.flat.contains("Runtime exited with error: exit status 3; it said: oh dear"))
        up.send(SIGTERM)
        #expect(await up.end().code == 0)
    }

    @Test("says why nothing happens to a file")
    func notRecorded() async throws {
        let flow = try RealFlow()
        try flow.drop("x", "stage-1/t/a.csv.part")
        try flow.drop("x", "inbox/a.csv")
        try flow.drop("x", "stage-1/t/new.csv")
        symlink("new.csv", flow.folder.path("buckets/stage-1/t/link.csv"))
        for (object, reason) in [
            ("stage-1/t/a.csv.part", "its name ends in `.part`, as those of unfinished files do"),
            ("stage-1/t/link.csv", "it is a symbolic link; only regular files are objects"),
            ("stage-1/t", "it is a folder"),
            ("inbox/a.csv", "No trigger wants it"),
            ("stage-1/t/new.csv", "It is not recorded yet: `sluice up` does not run."),
        ] {
            let page = try await flow.sluice("explain", object)
            #expect(page.flat.contains(reason), "\(page.text)")
            #expect(page.code == 0)
        }
        let file = open(flow.folder.path("buckets/stage-1/t/new.csv"), O_WRONLY | O_CLOEXEC)
        let page = try await flow.sluice("explain", "stage-1/t/new.csv")
        #expect(page.flat.contains("process \(getpid()) ("))
        #expect(page.flat.contains("has it open for writing"))
        close(file)
    }

    @Test("tells of a refused name by the way in which `status` writes it")
    func refusedName() async throws {
        let flow = try RealFlow()
        try flow.drop("x", "stage-1/t/a.csv")
        rename(
            flow.folder.path("buckets/stage-1/t/a.csv"),
            flow.folder.path("buckets/stage-1/t/") + "a\u{7}.csv"
        )
        try await flow.sluice("up", "--once")
        let refused = try await flow.facts("status")["refusedNames"]?.members ?? []
        #expect(refused.map(\.name) == [#"stage-1/t/a\x07.csv"#])
        let page = try await flow.sluice("explain", #"stage-1/t/a\x07.csv"#)
        #expect(page.flat.contains("control character"))
    }

    @Test("suggests the nearest keys where nothing is known, and ends with 1")
    func suggestions() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", jan)
        try await flow.sluice("up", "--once")
        for typo in ["stage-1/readings/jna.csv", "stage-1/reading/jan.csv", "readings/jan.csv"] {
            let page = try await flow.sluice("explain", typo)
            #expect(page.code == 1)
            #expect(page.flat.contains("Did you mean \(jan)"), "\(page.text)")
        }
        let far = try await flow.sluice("explain", "stage-1/elsewhere/unlike.json")
        #expect(far.code == 1)
        #expect(!far.text.contains("Did you mean"))
        #expect(try await flow.sluice("explain", "alone").code == 2)
    }

    @Test("tells what objects that Sluice wrote stem from")
    func downstream() async throws {
        let flow = try RealFlow(Self.readings)
        try flow.drop(Self.mixed, jan)
        try await flow.sluice("up", "--once")
        let commit = "lake/readings/_delta_log/00000000000000000000.json"
        let page = try await flow.sluice("explain", commit)
        #expect(page.flat.contains("Version 0 of lake.readings, made "))
        #expect(page.flat.contains(jan))
        #expect(page.flat.contains("2 rows, 3 rejected"))

        let all = try flow.folder.files(in: "buckets")
        let manifest = try #require(all.first { $0.hasSuffix("_manifest.json") })
        let data = try #require(all.first { $0.hasSuffix(".parquet") })
        let bad = try #require(all.first { $0.hasSuffix(".convert.jsonl") })
        #expect(try await flow.sluice("explain", manifest).flat.contains("2 rows in lake.readings"))
        #expect(try await flow.facts("explain", manifest)["kind"]?.string == "manifest")
        let file = try await flow.sluice("explain", data).flat
        #expect(file.contains("added by version 0, part of the table now"))
        #expect(file.contains(jan))
        let rejected = try await flow.sluice("explain", bad).flat
        #expect(rejected.contains("that convert found to be no rows"))
        #expect(rejected.contains("It holds 3 bad records."))
        let entry = try await flow.sluice("explain", "catalog/readings.json").flat
        #expect(entry.contains("The catalog's entry of table readings"))
    }

    @Test("tells from the folders what it can when the ledger is gone")
    func noLedger() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", jan)
        try await flow.sluice("up", "--once")
        for name in try flow.folder.files(in: "buckets/.sluice") where name.hasPrefix("ledger") {
            unlink(flow.folder.path("buckets/.sluice/" + name))
        }
        unlink(flow.folder.path("buckets/" + jan))
        let page = try await flow.sluice("explain", jan)
        #expect(page.code == 0)
        for text in [
            "Note: there is no ledger", "1 row in lake.readings", "1 record in 1 chunk",
            "file there is none",
        ] {
            #expect(page.flat.contains(text), "\(text)\n\(page.text)")
        }
    }

    @Test("tells what a function of one's own wrote, and on what")
    func ownFunction() async throws {
        let settings = """
            { "functions": { "copy": { "handler": "./copy.sh", "writes": ["out/**"] },
                "look": { "handler": "/bin/true", "writes": [] } },
              "triggers": [ { "id": "in", "function": "copy", "bucket": "in" },
                { "id": "out", "function": "look", "bucket": "out" } ] }
            """
        let flow = try RealFlow(settings)
        let script = "#!/bin/sh\nmkdir -p $SLUICE_BUCKETS/out\necho x >$SLUICE_BUCKETS/out/b\n"
        chmod(try flow.folder.write(script, to: "copy.sh"), 0o755)
        try flow.drop("x", "in/a")
        try flow.folder.write("", to: "buckets/out/.keep")
        #expect(try await flow.sluice("up", "--once").code == 0)
        let page = try await flow.sluice("explain", "out/b")
        #expect(page.flat.contains("written by copy, run "))
        #expect(page.flat.contains(" on in/a"))
        #expect(page.flat.contains("Done by look."))
    }
}
