import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Every folder under `Tests/Cases`, dropped into the built flow.
@Suite("The flow, file in to tables out", .serialized)
struct CaseTests {
    static let folder = packageFolder + "/Tests/Cases"

    /// The cases by their paths below `folder`.
    static let names: [String] = {
        let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder)
        return (paths ?? []).filter { $0.hasSuffix("/functions.json") }
            .map { String($0.dropLast("/functions.json".count)) }.sorted()
    }()

    @Test("has cases to run")
    func isNotEmpty() { #expect(!Self.names.isEmpty) }

    @Test("gives what the case expects", arguments: names)
    func passes(name: String) async throws {
        try await passes(name, [])
    }

    @Test("gives the same with PostgreSQL as warehouse", arguments: names)
    func passesInPostgres(name: String) async throws {
        guard let server = try await PrivatePostgres.shared() else { return }
        try await passes(name, ["--warehouse", server.url])
        let left = try await server.psql(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sluice\\_test\\_"
                + "\(name.replacing("-", with: "\\_"))\\_%'"
        )
        #expect(left == "0\n")
    }

    private func passes(_ name: String, _ options: [String]) async throws {
        // It publishes what it finds.
        guard name != "pipelines/indicators" || isInstalled("rsync") else { return }
        let end = try await run(
            builtProgram(named: "sluice"),
            ["test", "\(Self.folder)/\(name)"] + options,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"]
        )
        #expect(end.code == 0, "\(end.text)\(end.errors)")
        #expect(end.text.hasSuffix("1 passed, 0 failed\n"))
    }
}
