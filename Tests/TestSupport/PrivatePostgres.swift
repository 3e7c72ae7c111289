import FoundationEssentials
import Glibc

/// A PostgreSQL server that `scripts/postgres` made and runs.
public struct PrivatePostgres: Sendable {
    /// The URL of its database, for its superuser.
    public let url: String
    private let place: String?

    /// The server in `.build/postgres`, started unless it runs; nil, with a line that says so, where
    /// no PostgreSQL is installed.
    public static func shared() async throws -> PrivatePostgres? {
        let installed = try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")
        guard installed?.isEmpty == false else {
            print("skipped: PostgreSQL is not installed; scripts/setup does it")
            return nil
        }
        return PrivatePostgres(url: try await script("start", place: nil), place: nil)
    }

    /// A server of a test's own, in a folder of its scratch folder; nil where none is installed.
    public init?(in folder: ScratchFolder) async throws {
        guard try await Self.shared() != nil else { return nil }
        // The server's own user has to get there.
        chmod(folder.path, 0o755)
        let place = folder.path("postgres")
        self.init(url: try await Self.script("start", place: place), place: place)
    }

    private init(url: String, place: String?) {
        self.url = url
        self.place = place
    }

    /// The password that stands in the URL.
    public var password: String {
        String(
            url.drop { $0 != "@" }.isEmpty
                ? "" : url.split(separator: "@")[0].split(separator: ":")[2]
        )
    }

    /// The URL with another user and password.
    public func url(user: String, password: String) -> String {
        "postgres://\(user):\(password)@" + url.split(separator: "@")[1]
    }

    /// Starts the server again after it was stopped; its port is another one then.
    public func restarted() async throws -> PrivatePostgres {
        PrivatePostgres(url: try await Self.script("start", place: place), place: place)
    }

    /// Stops the server.
    public func stop() async throws { _ = try await Self.script("stop", place: place) }

    /// The process that leads the server's others.
    public func process() throws -> Int32 {
        let file = (place ?? packageFolder + "/.build/postgres") + "/data/postmaster.pid"
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        guard let number = text.split(whereSeparator: \.isNewline).first.flatMap({ Int32($0) })
        else { throw TestSupportError(step: "read \(file)", reason: EINVAL) }
        return number
    }

    /// Runs SQL by psql: the rows, a line each, columns parted by `|`.
    @discardableResult
    public func psql(_ sql: String) async throws -> String {
        let end = try await session(sql).end()
        guard end.code == 0 else { throw PostgresTestError(description: end.errors) }
        return end.text
    }

    /// A psql that runs SQL and goes on beside the test.
    public func session(_ sql: String) throws -> RunningProgram {
        try RunningProgram(
            "/usr/bin/psql",
            ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", url, "-c", sql],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"]
        )
    }

    private static func script(_ command: String, place: String?) async throws -> String {
        var environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C.UTF-8"]
        environment["SLUICE_POSTGRES"] = place
        let end = try await run(
            packageFolder + "/scripts/postgres",
            [command],
            environment: environment
        )
        guard end.code == 0 else { throw PostgresTestError(description: end.errors) }
        return end.text.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }
}

/// What psql or `scripts/postgres` complained of.
public struct PostgresTestError: Error, CustomStringConvertible {
    /// Their words.
    public let description: String
}
