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
        let end = try await run(
            builtProgram(named: "sluice"),
            ["test", "\(Self.folder)/\(name)"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"]
        )
        #expect(end.code == 0, "\(end.text)\(end.errors)")
        #expect(end.text.hasSuffix("1 passed, 0 failed\n"))
    }
}
