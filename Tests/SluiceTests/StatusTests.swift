import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("`sluice status`")
struct StatusTests {
    private static let strict = """
        { "tables": { "t": { "columns": { "id": "bigint" }, "onError": "skip_file" },
            "u": { "columns": { "id": "bigint" } } } }
        """

    @Test("counts a bad file once although convert and load refuse it, and each bad row once")
    func deadLettersAndRejectedRows() async throws {
        let flow = try RealFlow(Self.strict)
        try flow.drop("id\n1\nx\n", "stage-1/t/a.csv")
        try flow.drop("id\n1\nx\ny\n", "stage-1/u/b.csv")
        // A key that ends like the files of bad rows.
        try flow.drop("{\"id\":1}\n{\"id\":\"z\"}\n", "stage-1/u/c.jsonl")
        let end = try await flow.sluice("up", "--once")
        #expect(end.code == 1)
        #expect(end.text.contains("dead letters: 1, rows in quarantine: 4"))

        let facts = try await flow.facts("status")
        #expect(facts["deadLetters"]?.integer == 1)
        #expect(facts["functions"]?["convert"]?["deadLetters"]?.integer == 1)
        #expect(facts["functions"]?["load"]?["deadLetters"]?.integer == 1)
        #expect(facts["tables"]?["t"]?["deadLetters"]?.integer == 1)
        #expect(facts["rejectedRows"]?.integer == 4)
        #expect(facts["rejected"]?["u"]?["rows"]?.integer == 3)
        #expect(facts["rejected"]?["u"]?["versions"]?.integer == 2)
        let failure = try #require(facts["failures"]?.array?.first)
        #expect(failure["object"]?.string == "stage-1/t/a.csv")
        #expect(failure["functions"]?.array?.compactMap(\.string).sorted() == ["convert", "load"])
        let bad = try flow.folder.files(in: "buckets/quarantine").filter {
            $0.hasSuffix(".convert.jsonl")
        }
        let lines = try bad.reduce(0) {
            $0 + (try flow.folder.text("buckets/quarantine/" + $1).count { $0 == "\n" })
        }
        #expect(lines == 4)

        let page = try await flow.sluice("status")
        #expect(page.code == 1)
        for text in [
            "sluice up does not run", "nothing to do, 1 dead letter, 4 rejected rows",
            "1 dead letter of convert, load: TooManyBadRows", "stage-1/t/a.csv: 1 of 2 records",
            "`sluice redrive convert`, `sluice redrive load`;", "`sluice explain stage-1/t/a.csv`",
            "u 3 rows of 2 files", "id: the text is no bigint, as id must be",
        ] {
            #expect(page.flat.contains(text), "\(text)\n\(page.text)")
        }
    }

    @Test("tells what runs, what waits for whom, and what is open")
    func running() async throws {
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "concurrency": 1, "writes": [] } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" } ] }
            """
        let flow = try RealFlow(settings)
        let script = "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.05; done\n"
        chmod(try flow.folder.write(script, to: "f.sh"), 0o755)
        for name in ["a", "b", "c"] { try flow.drop(name, "stage-1/x/\(name)") }
        let up = try flow.start("up")
        try await flow.waitFor { try await flow.facts("status")["running"]?.integer == 1 }
        let path = flow.folder.path("buckets/stage-1/x/open")
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        let facts = try await flow.facts("status")
        #expect(facts["pid"]?.integer == Int64(up.process))
        #expect(facts["since"]?.string?.hasPrefix("20") == true)
        #expect(facts["queued"]?.integer == 2)
        #expect(facts["functions"]?["f"]?["oldestQueuedAt"]?.string != nil)
        #expect(facts["runs"]?.array?.first?["function"]?.string == "f")
        let opened = facts["openFiles"]?.array?.first
        #expect(opened?["object"]?.string == "stage-1/x/open")
        #expect(opened?["pid"]?.integer == Int64(getpid()))
        let page = try await flow.sluice("status").flat
        #expect(page.contains("sluice up runs as process \(up.process) since 20"))
        #expect(page.contains("3 objects, 1 running, 2 queued"))
        #expect(page.contains("running f x 1 object "))
        #expect(page.contains("open for writing, handled once they are closed stage-1/x/open"))
        close(file)
        try flow.folder.write("", to: "go")
        try await flow.waitFor {
            try await flow.facts("status")["functions"]?["f"]?["done"]?.integer == 4
        }
        up.send(SIGTERM)
        #expect(await up.end().code == 0)
    }

    @Test("tells which function is paused and why, while `up` runs and when it does not")
    func paused() async throws {
        let settings = """
            { "functions": { "f": { "handler": "./f.sh", "writes": [] },
                "g": { "handler": "/bin/true", "concurrency": 0, "writes": [] } },
              "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" },
                { "id": "u", "function": "g", "bucket": "stage-1" } ] }
            """
        let flow = try RealFlow(settings)
        let script = """
            #!/bin/sh
            echo '{"errorType":"NotYet","errorMessage":"the sun is down"}' >&2
            exit 75
            """
        chmod(try flow.folder.write(script, to: "f.sh"), 0o755)
        try flow.drop("a", "stage-1/x/a")
        let up = try flow.start("up")
        try await flow.waitFor {
            try await flow.facts("status")["pauses"]?.array?.isEmpty == false
        }
        let pause = try await flow.facts("status")["pauses"]?.array?.first
        #expect(pause?["function"]?.string == "f")
        #expect(pause?["table"]?.string == "x")
        #expect(pause?["errorType"]?.string == "NotYet")
        let page = try await flow.sluice("status").flat
        #expect(page.contains("f x, since "))
        #expect(page.contains("NotYet: the sun is down; it is "))
        #expect(page.contains("g (off)"))
        let story = try await flow.sluice("explain", "stage-1/x/a").flat
        #expect(story.contains("is paused since"))
        #expect(story.contains("functions.g.concurrency is 0"))
        up.send(SIGTERM)
        #expect(await up.end().code == 0)
        let after = try await flow.sluice("status").flat
        #expect(after.contains("it is tried again when `sluice up` starts"))
    }

    @Test("tells from the ledger what it can when the settings are wrong")
    func wrongSettings() async throws {
        let flow = try RealFlow()
        try flow.drop("id\n1\n", "stage-1/t/a.csv")
        try await flow.sluice("up", "--once")
        try flow.folder.write(#"{"tabels":{}}"#, to: "functions.json")
        let page = try await flow.sluice("status")
        #expect(page.code == 0)
        #expect(page.text.contains("note: the settings have 1 problems; `sluice check` names them"))
        #expect(page.text.contains("2 objects, nothing to do"))
    }
}
