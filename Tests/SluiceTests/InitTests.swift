import FoundationEssentials
import TestSupport
import Testing

@Suite("A new project")
struct InitTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func sluice(_ arguments: String..., place: String = "") async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: place.isEmpty ? folder.path : folder.path(place)
        )
    }

    /// Runs what `init` printed as the next commands.
    private func follow(_ end: ProgramEnd) async throws -> ProgramEnd {
        let line = end.text.split(separator: "\n").last ?? ""
        let commands = line.dropFirst("next: ".count).replacing("sluice ", with: "$SLUICE ")
        #expect(line.hasPrefix("next: cd "))
        return try await run(
            "/bin/sh",
            ["-c", String(commands)],
            environment: ["PATH": "/usr/bin:/bin", "SLUICE": builtProgram(named: "sluice")],
            folder: folder.path
        )
    }

    /// A case that stands for a pipeline.
    private func writeCase(_ place: String) throws {
        let files = [
            "functions.json": #"{"tables":{"t":{"transform":"sql/clean.sql"}}}"#,
            "sql/clean.sql": "SELECT upper(a) AS a FROM source",
            "queries/all.sql": "-- All rows.\nSELECT a FROM lake.t ORDER BY a",
            "README.md": "text\n# A case of two letters\n", "count.sh": "#!/bin/sh\n",
            "stage-1/t/1.csv": "a\nx\n", "stage-1.2/t/2.csv": "a\ny\n",
            "stage-1.2.delete": "t/1.csv\n", "expect/all.csv": "a\nX\nY\n",
            "buckets/left": "over",
        ]
        for (name, text) in files { try folder.write(text, to: "\(place)/\(name)") }
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o755]
        try FileManager.default.setAttributes(
            mode,
            ofItemAtPath: folder.path("\(place)/count.sh")
        )
    }

    @Test("has explained settings and a sample, and its next commands work")
    func empty() async throws {
        let end = try await sluice("init", "my-start")
        #expect(end.code == 0)
        #expect(
            try folder.files(in: "my-start") == [
                "README.md", "functions.json", "queries/files.sql", "sample/people/first.csv",
            ]
        )
        #expect(folder.holds("my-start/buckets/stage-1"))
        #expect(try await sluice("check", place: "my-start").code == 0)
        let run = try await follow(end)
        #expect(run.text.hasSuffix("file,rows\nstage-1/people/first.csv,3\n"), "\(run.errors)")
        let few = try await sluice("query", "@files", "--set", "rows=4", place: "my-start")
        #expect(few.text == "file,rows\n")
    }

    @Test("from a case has all but the test, its input a sample that is not dropped")
    func copy() async throws {
        try writeCase("cases/letters")
        let end = try await sluice("init", "--from", "cases/letters", "copy")
        #expect(end.text.hasPrefix("made copy from the pipeline letters\n"))
        #expect(
            try folder.files(in: "copy") == [
                "README.md", "count.sh", "functions.json", "queries/all.sql", "sample.2/t/2.csv",
                "sample/t/1.csv", "sql/clean.sql",
            ]
        )
        #expect(FileManager.default.isExecutableFile(atPath: folder.path("copy/count.sh")))
        let run = try await follow(end)
        #expect(run.text.hasSuffix("all  All rows.\n"), "\(run.errors)")
        #expect(try await sluice("query", "@all", place: "copy").text == "a\nX\n")
        #expect(try await sluice("test", "cases").code == 0)
    }

    @Test("can be made from a pipeline that lies beside installed programs")
    func installed() async throws {
        let programs = folder.path("prefix/lib/sluice/bin")
        try FileManager.default.createDirectory(
            atPath: programs,
            withIntermediateDirectories: true
        )
        let sluice = "\(programs)/sluice"
        // Copied by another process: a file that this one wrote may be busy when it is to run.
        #expect(try await run("/bin/cp", [builtProgram(named: "sluice"), sluice]).code == 0)
        try writeCase("prefix/share/sluice/pipelines/letters")
        let list = try await run(sluice, ["init", "--list"])
        #expect(list.text == "letters  A case of two letters\n")
        let wrong = try await run(sluice, ["init", "--from", "numbers", "x"], folder: folder.path)
        #expect(wrong.code == 2)
        #expect(wrong.errors.contains("there is no pipeline numbers; those there are: letters"))
        let end = try await run(sluice, ["init", "--from", "letters", "x"], folder: folder.path)
        #expect(end.code == 0)
        #expect(folder.holds("x/sql/clean.sql"))
    }

    @Test("is made in a new or an empty folder only, and is not left half made")
    func refusals() async throws {
        try folder.write("mine", to: "full/file")
        let full = try await sluice("init", "full")
        #expect(full.code == 2)
        #expect(full.errors.contains("is not empty"))
        #expect(try folder.files(in: "full") == ["file"])
        #expect(try await sluice("init").code == 2)
        try folder.write("x", to: "none/readme")
        #expect(try await sluice("init", "--from", "./none", "y").code == 2)
        #expect(!folder.holds("y"))
        #expect(try await sluice("init", "full/file").code == 1)
        try FileManager.default.createDirectory(
            atPath: folder.path("void"),
            withIntermediateDirectories: false
        )
        #expect(try await sluice("init", "void").code == 0)
        // Two things of one name: the copy breaks off.
        try writeCase("torn")
        try folder.write("x", to: "torn/sample")
        let torn = try await sluice("init", "--from", "./torn", "z")
        #expect(torn.code == 1)
        #expect(torn.errors.contains("cannot copy"))
        #expect(!folder.holds("z"))
    }
}
