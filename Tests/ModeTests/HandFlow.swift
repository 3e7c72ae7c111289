import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import LakeFiles
import TestSupport
import Testing

/// Buckets with one table `t`, and the handlers started by hand, in any order.
struct HandFlow {
    private let folder: ScratchFolder

    /// One content of a file that was split.
    struct Version {
        /// `stage-1/t/<name>.csv`.
        var source: String
        /// As in `_seq`.
        var sequencer: Int64
        /// `stage-2/.../_manifest.json`.
        var manifest: String
        /// What is in it.
        var rows: [Row]
    }

    /// Makes empty buckets, with the table's settings as JSON.
    init(settings: String) throws {
        folder = try ScratchFolder()
        try configure(settings)
        try folder.write("", to: "buckets/stage-1/.keep")
    }

    /// Changes the table's settings.
    func configure(_ settings: String) throws {
        try write("{\"tables\": {\"t\": \(settings)}}", beside: "functions.json")
    }

    /// Writes a file beside `functions.json`.
    func write(_ text: String, beside name: String) throws { try folder.write(text, to: name) }

    /// Drops a file and cuts it.
    func split(_ name: String, _ rows: [Row]) async throws -> Version {
        let source = "stage-1/t/\(name).csv"
        try write(rows, to: source)
        return try await split(source, rows, "put")
    }

    /// Deletes a file, if it is there, and ends it, for a table with `onDelete` `retract`.
    func remove(_ name: String) async throws -> Version {
        let source = "stage-1/t/\(name).csv"
        try? remove(object: source)
        return try await split(source, [], "delete")
    }

    private func split(_ source: String, _ rows: [Row], _ event: String) async throws -> Version {
        let event = try await run("sluice", ["event", event, source])
        let answer = try JSONValue(parsing: try await run("split", [], input: event))
        let manifest = try #require(answer["results"]?.array?.first?["manifest"]?.string)
        let digits = try #require(manifest.split(separator: "/").dropLast().last)
        return Version(
            source: source,
            sequencer: try #require(Int64(digits, radix: 16)),
            manifest: manifest,
            rows: rows
        )
    }

    /// Finds the columns of versions, in one run.
    func crawl(_ versions: [Version]) async throws {
        let event = try await run("sluice", ["event", "put"] + versions.map(\.manifest))
        let answer = try await run("crawl", [], input: event)
        #expect(answer.contains("\"batchItemFailures\":[]"))
    }

    /// Runs a function for versions together; none may fail.
    func invoke(_ function: String, _ versions: [Version]) async throws {
        let answer = try await run("sluice", ["invoke", function] + versions.map(\.manifest))
        #expect(answer.contains("\"batchItemFailures\":[]"))
    }

    /// Runs a function for versions together, and tells the errors of those that fail.
    func failures(of function: String, _ versions: [Version]) async throws -> [String] {
        let answer = try JSONValue(
            parsing: try await run("sluice", ["invoke", function] + versions.map(\.manifest))
        )
        let failures = try #require(answer["batchItemFailures"]?.array)
        return failures.compactMap { $0["errorType"]?.string }
    }

    /// Joins the files of the table, and tells what became of it.
    @discardableResult
    func compact() async throws -> String {
        let answer = try JSONValue(parsing: try await run("sluice", ["compact", "--json", "t"]))
        return try #require(answer["results"]?.array?.first?["status"]?.string)
    }

    /// Removes what is no longer needed of the table, and tells how many files that were.
    func vacuum(_ options: String...) async throws -> Int64 {
        let answer = try await run("sluice", ["vacuum", "--json"] + options + ["t"])
        let result = try JSONValue(parsing: answer)["results"]?.array?.first
        return try #require(result?["removed"]?.integer)
    }

    /// The rows of the table in an earlier version; nil where that cannot be read.
    func rowCount(asOf version: Int) async throws -> String? {
        let end = try await TestSupport.run(
            builtProgram(named: "sluice"),
            ["query", "--format", "csv", "--as-of", "\(version)", "SELECT count(*) FROM t"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
        return end.code == 0 ? end.text.split(separator: "\n").last.map(String.init) : nil
    }

    /// Runs a handler outside of the daemon's rules, beside others.
    func start(_ program: String, event: String) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: program),
            [],
            input: Data(event.utf8),
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
    }

    /// The state of the lake table.
    func snapshot() throws -> Snapshot {
        let database = try Database()
        let log = DeltaLog(table: path("buckets/lake/t"))
        return try #require(try log.snapshot(using: DuckDBCheckpoints(database)))
    }

    /// Whether there is a lake table yet.
    var hasLakeTable: Bool {
        FileManager.default.fileExists(atPath: path("buckets/lake/t/_delta_log"))
    }

    /// The data files in the table's folder, whether or not they are part of it.
    func dataFiles() throws -> [String] {
        try folder.files(in: "buckets/lake/t").filter { !$0.hasPrefix("_delta_log/") }
    }

    /// The lines of a table, sorted.
    func rows(of table: String) async throws -> [String] {
        let columns = "id, part, value, _source, _seq"
        let text = try await run(
            "sluice",
            ["query", "--format", "csv", "SELECT \(columns) FROM \(table)"]
        )
        return text.split(separator: "\n").dropFirst().map(String.init).sorted()
    }

    /// Puts a file into a bucket, without an event.
    func write(_ rows: [Row], to object: String) throws {
        let lines = rows.map { "\($0.id),\($0.part),\($0.value)\n" }
        try folder.write("id,part,value\n" + lines.joined(), to: "buckets/\(object)")
    }

    /// Removes a file of a bucket, without an event.
    func remove(object: String) throws {
        try FileManager.default.removeItem(atPath: path("buckets/\(object)"))
    }

    /// Removes the text of a version, as after a purge.
    func removeChunk(of version: Version) throws { try remove(object: chunk(of: version)) }

    /// Whether the text of a version is there.
    func hasChunk(of version: Version) -> Bool {
        FileManager.default.fileExists(atPath: path("buckets/\(chunk(of: version))"))
    }

    private func chunk(of version: Version) -> String {
        version.manifest.replacing("_manifest.json", with: "part-00000.csv")
    }

    /// The path of something beside `functions.json`.
    func path(_ relative: String) -> String { folder.path(relative) }

    private func run(
        _ program: String,
        _ arguments: [String],
        input: String = ""
    ) async throws -> String {
        let end = try await TestSupport.run(
            builtProgram(named: program),
            arguments,
            input: Data(input.utf8),
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
        #expect(end.code == 0, "\(program) \(arguments): \(end.text)\(end.errors)")
        return end.text
    }
}
