import Glibc
import TestSupport
import Testing

@Suite("An installed copy")
struct InstallTests {
    /// The folder of the build and `.deps` are not above a scratch folder, so that a copy which
    /// needed them would not start.
    @Test("works without its source, after it was moved and without an environment")
    func works() async throws {
        var copy = try InstalledCopy()
        let installed = try await copy.install(["--system"])
        #expect(installed.code == 0, "\(installed.text)\(installed.errors)")
        try copy.move(to: "moved")

        let libraries = try await copy.libraries(of: "load")
        let duckDB = libraries.split(separator: "\n").first { $0.contains("libduckdb") }
        #expect(duckDB?.contains(copy.folder.path("moved/lib/sluice/")) == true, "\(libraries)")

        try copy.folder.write(
            "name,born\nAda,1815-12-10\nGrace,1906-12-09\n",
            to: "data/buckets/stage-1/people/a.csv"
        )
        let up = try await copy.command("sluice", ["up", "--once"])
        #expect(up.code == 0, "\(up.text)\(up.errors)")
        let question = """
            SELECT (SELECT count(*) FROM lake.people), (SELECT min(born) FROM warehouse.people)
            """
        let answer = try await copy.command("sluice", ["query", "--format", "csv", question])
        #expect(answer.text.hasSuffix("\n2,1815-12-10\n"), "\(answer.text)\(answer.errors)")

        let list = try await copy.command("sluice", ["init", "--list"])
        let built = try await run(builtProgram(named: "sluice"), ["init", "--list"])
        #expect(list.code == 0)
        #expect(list.text == built.text)
        #expect(try await copy.command("sluice", ["init", "start"]).code == 0)
        #expect(copy.folder.holds("data/start/functions.json"))
    }

    @Test("is replaced by a second one, and leaves nothing when it is removed")
    func comesAndGoes() async throws {
        let copy = try InstalledCopy()
        for _ in 1...2 {
            let installed = try await copy.install(["--user"])
            #expect(installed.code == 0, "\(installed.text)\(installed.errors)")
        }
        let names = try copy.folder.files(in: "first/bin")
        #expect(names == ["sluice", "sluice-sql"], "other names belong to the system's programs")
        #expect(try await copy.command("sluice", ["check"]).code == 0)

        try copy.folder.write("mine", to: "first/bin/other")
        #expect(try await copy.install(["--uninstall"]).code == 0)
        #expect(try copy.folder.files(in: "first") == ["bin/other"])
    }

    @Test("is not replaced while it runs")
    func isInUse() async throws {
        let copy = try InstalledCopy()
        try await copy.install()
        let watcher = try RunningProgram(
            copy.folder.path("first/bin/sluice"),
            ["up"],
            folder: copy.folder.path("data")
        )
        for _ in 0..<12_000 where !copy.folder.holds("data/buckets/.sluice/ledger.sqlite") {
            try await Task.sleep(for: .milliseconds(5))
        }
        let second = try await copy.install()
        let removal = try await copy.install(["--uninstall"])
        watcher.send(SIGTERM)
        #expect(await watcher.end().code == 0)
        for refused in [second, removal] {
            #expect(refused.code == 1)
            #expect(refused.errors.contains("process \(watcher.process)"), "\(refused.errors)")
        }
    }

    @Test("lets members of the group in, as the unit's mask says")
    func group() async throws {
        let folder = try ScratchFolder()
        try folder.write("name\nAda\n", to: "buckets/inbox/a.csv")
        let end = try await run(
            "/bin/sh",
            ["-c", "umask 0002; exec \"$0\" up --once", builtProgram(named: "sluice")],
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
        for place in ["buckets/stage-1", "buckets/lake", "buckets/quarantine"] {
            var facts = stat()
            #expect(stat(folder.path(place), &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o775, "\(place)")
        }
    }

    @Test("has a unit that systemd takes", arguments: ["--system", "--user"])
    func unit(form: String) async throws {
        let verifier = "/usr/bin/systemd-analyze"
        guard access(verifier, X_OK) == 0 else { return print("skipped: there is no systemd") }
        let copy = try InstalledCopy()
        try await copy.install([form])
        let kind = form.dropFirst(2)
        let unit = copy.folder.path("first/lib/systemd/\(kind)/sluice.service")
        let verified = try await run(
            verifier,
            ["verify", form, "--man=no", unit],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": copy.folder.path("home"),
                "XDG_RUNTIME_DIR": copy.folder.path,
            ]
        )
        // The user is made by systemd-sysusers, whose file lies beside the unit.
        let findings = verified.errors.split(separator: "\n").filter { $0.contains("sluice") }
        #expect(findings.isEmpty, "\(verified.errors)")
        #expect(verified.code == 0, "\(verified.errors)")
    }
}
