import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Buckets whose warehouse is a schema of its own in a PostgreSQL database.
final class PostgresBuckets: Sendable {
    let folder: ScratchFolder
    let server: PrivatePostgres
    let schema: String

    /// Makes buckets; nil where there is no PostgreSQL.
    ///
    /// `settings` are members of `functions.json` beside those about the warehouse, with a comma.
    convenience init?(settings: String = "") async throws {
        guard let server = try await PrivatePostgres.shared() else { return nil }
        try self.init(server, settings: settings)
    }

    init(_ server: PrivatePostgres, settings: String = "") throws {
        folder = try ScratchFolder()
        self.server = server
        schema = "sluice_test_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try configure(settings)
        // What sees that a version is staged, and keeps the event that `load` would get.
        try configure(
            """
            "functions": {"split": {}, "crawl": {}, "keep": {"handler": "./keep", "writes": []}},
            "triggers": [
              {"id": "a", "function": "split", "bucket": "stage-1"},
              {"id": "b", "function": "crawl", "bucket": "stage-2", "suffix": "/_manifest.json"},
              {"id": "c", "function": "keep", "crawler": "crawl", "batch": {"size": 1}}], \(settings)
            """,
            file: "staging.json"
        )
        let keep = try folder.write(
            "#!/bin/sh\nmkdir -p events && cat >events/$AWS_LAMBDA_REQUEST_ID.json\n",
            to: "keep"
        )
        chmod(keep, 0o755)
        try folder.write("", to: "buckets/stage-1/.keep")
    }

    /// Writes settings with this warehouse, or with another URL.
    func configure(
        _ settings: String,
        file: String = "functions.json",
        url: String? = nil
    ) throws {
        try folder.write(
            #"{\#(settings) "warehouse": "\#(url ?? server.url)", "warehouseSchema": "\#(schema)"}"#,
            to: file
        )
    }

    /// Removes the schema; for the end of a test.
    func drop() async throws {
        try await server.psql("DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }

    static let variables = ["PATH": "/usr/bin:/bin", "HOME": "/"]

    @discardableResult
    func sluice(_ arguments: String..., more: [String: String] = [:]) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: Self.variables.merging(more) { $1 },
            folder: folder.path
        )
    }

    /// Drops files and lets the whole flow settle, without dead letters.
    func flow(_ files: [String: String] = [:]) async throws {
        for (key, text) in files { try folder.write(text, to: "buckets/stage-1/\(key)") }
        let end = try await sluice("up", "--once")
        #expect(end.code == 0, "\(end.errors)")
    }

    /// Drops files and lets them be staged; the answer are the files with `load`'s events.
    func stage(_ files: [String: String]) async throws -> [String] {
        let known = try folder.files(in: "events")
        for (key, text) in files.sorted(by: { $0.key < $1.key }) {
            try folder.write(text, to: "buckets/stage-1/\(key)")
        }
        let end = try await sluice("up", "--once", "--config", "staging.json")
        #expect(end.code == 0, "\(end.errors)")
        let events = try folder.files(in: "events").filter { !known.contains($0) }
        #expect(events.count == files.count, "\(end.text)\(end.errors)")
        return events
    }

    /// Starts `load` with an event.
    func startLoad(_ event: String, config: String = "functions.json") throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "load"),
            ["--event", "events/\(event)", "--config", config, "--buckets", "buckets"],
            environment: Self.variables,
            folder: folder.path
        )
    }

    /// Runs `load` with an event to its end.
    func load(_ event: String, config: String = "functions.json") async throws -> LoadEnd {
        LoadEnd(try await startLoad(event, config: config).end())
    }

    /// Rows by psql, with the schema in front of all others.
    func psql(_ sql: String) async throws -> String {
        try await server.psql("SET search_path = \(schema), public; \(sql)")
    }

    /// A query's rows as CSV.
    func query(_ sql: String) async throws -> String {
        let end = try await run(
            builtProgram(named: "sluice-sql"),
            ["query", "--format", "csv", "--", sql],
            environment: Self.variables,
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
        return end.text
    }

    /// Waits for something that another process does.
    func until(_ condition: () async throws -> Bool) async throws {
        try await eventually(condition)
    }

    /// Waits until a load is held up on the server by a lock or by a wait of the given kind.
    func untilLoadWaits(_ kind: String = "Lock") async throws {
        try await until {
            try await server.psql(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sluice load' "
                    + "AND wait_event_type = '\(kind)' OR application_name = 'sluice load' "
                    + "AND wait_event = '\(kind)'"
            ) != "0\n"
        }
    }
}

/// How a `load` ended.
struct LoadEnd {
    let code: Int32
    /// The error's type, or nothing.
    let type: String
    let message: String
    /// The results, by status.
    let statuses: [String]
    let all: String

    init(_ end: ProgramEnd) {
        code = end.code
        all = end.text + end.errors
        let last = end.errors.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        let failure = try? JSONValue(parsing: last)
        let answer = try? JSONValue(parsing: end.text)
        let item = answer?["batchItemFailures"]?.array?.first
        type = failure?["errorType"]?.string ?? item?["errorType"]?.string ?? ""
        message = failure?["errorMessage"]?.string ?? item?["errorMessage"]?.string ?? ""
        statuses = answer?["results"]?.array?.compactMap { $0["status"]?.string } ?? []
    }
}
