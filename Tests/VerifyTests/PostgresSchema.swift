import FoundationEssentials
import TestSupport

/// A schema of the private PostgreSQL server that `scripts/postgres` starts.
struct PostgresSchema {
    let url: String
    let name: String
    private let psql: String

    /// A new schema; nil, with a line that says so, where the server does not run.
    init?() async throws {
        let script = packageFolder + "/scripts/postgres"
        let end = try await run(script, ["url"], environment: ["PATH": "/usr/bin:/bin"])
        let programs = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql"))
        guard end.code == 0, let version = programs?.max() else {
            print("skipped: no PostgreSQL runs; start it with scripts/postgres start")
            return nil
        }
        url = String(end.text.split(separator: "\n")[0])
        name = "sluice_test_verify_\(UInt32.random(in: 0...UInt32.max))"
        psql = "/usr/lib/postgresql/\(version)/bin/psql"
    }

    /// Runs statements with the schema's tables in reach.
    func execute(_ sql: String) async throws {
        let end = try await run(
            psql,
            [
                "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-c",
                "SET search_path = \(name)", "-c", sql, url,
            ]
        )
        try require(end.code == 0, "\(sql): \(end.errors)")
    }

    func drop() async throws { try await execute("DROP SCHEMA IF EXISTS \(name) CASCADE") }
}
