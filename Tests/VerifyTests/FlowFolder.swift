import DeltaTable
import DuckDB
import Events
import FoundationEssentials
import GRDB
import Glibc
import LakeFiles
import TestSupport

/// Settings and buckets in a scratch folder, with what tests do to them behind Sluice's back.
struct FlowFolder {
    let folder: ScratchFolder
    /// The PostgreSQL schema that is the warehouse; nil for the DuckDB file.
    var server: PostgresSchema?

    /// An empty place with settings.
    init(settings: String) throws {
        folder = try ScratchFolder()
        try folder.write(settings, to: "functions.json")
        try folder.write("", to: "buckets/.keep")
    }

    /// A copy of another place, with all that is in it.
    init(copyOf other: FlowFolder) async throws {
        folder = try ScratchFolder()
        let end = try await run("/bin/cp", ["-a", other.folder.path + "/.", folder.path])
        try require(end.code == 0, end.errors)
    }

    // MARK: - Sluice's own programs

    @discardableResult
    func sluice(_ arguments: [String], input: String = "") async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            input: Data(input.utf8),
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
    }

    /// Lets everything settle; dead letters are no failure.
    func up() async throws {
        let end = try await sluice(["up", "--once"])
        try require(end.code == 0 || end.code == 1, end.errors)
    }

    /// `store.table code` of each finding of `sluice verify`, sorted.
    func findings(_ options: [String] = []) async throws -> [String] {
        let report = try await verify(options)
        return (report["findings"]?.array ?? []).map { finding in
            let table = finding["table"]?.string.map { ".\($0)" } ?? ""
            return "\(finding["store"]?.string ?? "")\(table) \(finding["code"]?.string ?? "")"
        }.sorted()
    }

    /// What `sluice verify --json` prints; its exit code must fit.
    func verify(_ options: [String] = []) async throws -> JSONValue {
        let end = try await sluice(["verify", "--json"] + options)
        try require(end.code == 0 || end.code == 1, end.errors)
        let report = try JSONValue(parsing: end.text)
        let count = report["findings"]?.array?.count ?? -1
        try require((end.code == 1) == (count > 0), "exit \(end.code), \(count) findings")
        return report
    }

    // MARK: - Files

    func drop(_ text: String, _ key: String) throws { try write(text, to: "stage-1/\(key)") }

    func path(_ relative: String) -> String { folder.path("buckets/\(relative)") }

    /// The one file whose path below the buckets holds all the words.
    func file(_ words: String...) throws -> String {
        let found = try folder.files(in: "buckets").filter { path in
            words.allSatisfy(path.contains)
        }
        try require(found.count == 1, "\(words): \(found)")
        return found[0]
    }

    func files(_ words: String...) throws -> [String] {
        try folder.files(in: "buckets").filter { path in words.allSatisfy(path.contains) }
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: path(relative))
    }

    func move(_ relative: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(relative), toPath: path(other))
    }

    func copy(_ relative: String, to other: String) throws {
        try write(Data(contentsOf: URL(filePath: path(relative))), to: other)
    }

    func text(_ relative: String) throws -> String { try folder.text("buckets/\(relative)") }

    func write(_ text: String, to relative: String) throws {
        try write(Data(text.utf8), to: relative)
    }

    /// Writes a file through a descriptor that programs started meanwhile do not inherit: as long as
    /// they had it the file would count as being written.
    func write(_ content: Data, to relative: String) throws {
        let target = path(relative)
        let folder = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let file = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try require(file >= 0, "cannot write \(target)")
        defer { close(file) }
        let written = content.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        try require(written == content.count, "\(target) is not whole")
    }

    /// Replaces a text in a file, which must be in it.
    func edit(_ relative: String, _ old: String, _ new: String) throws {
        let text = try text(relative)
        try require(text.contains(old), "\(relative) has no \(old)")
        try write(text.replacing(old, with: new), to: relative)
    }

    // MARK: - The lake

    /// The file of a commit.
    func commit(_ table: String, _ version: Int) -> String {
        let digits = String(version)
        let zeros = String(repeating: "0", count: 20 - digits.count)
        return "lake/\(table)/_delta_log/\(zeros)\(digits).json"
    }

    /// The newest version of a lake table.
    func version(_ table: String) throws -> Int {
        Int(try DeltaLog(table: path("lake/\(table)")).newestVersion() ?? -1)
    }

    /// The data files of the newest version of a lake table, as the log has them.
    func dataFiles(_ table: String) throws -> [AddFile] {
        let log = DeltaLog(table: path("lake/\(table)"))
        let codec = try DuckDBCheckpoints(Database())
        return try log.snapshot(using: codec)?.files ?? []
    }

    /// Adds a commit to a lake table's log, as another program would.
    func append(_ actions: [DeltaAction], to table: String) throws {
        let log = DeltaLog(table: path("lake/\(table)"))
        let outcome = try log.commit(actions, as: Int64(try version(table)) + 1)
        try require(outcome == .committed, "conflict")
    }

    // MARK: - Warehouse and ledger

    func warehouse(_ sql: String) async throws {
        if let server {
            try await server.execute(sql)
            return
        }
        let connection = try DuckDB.Database(path: path("warehouse.duckdb")).connect()
        try connection.execute(sql)
    }

    func ledger(_ sql: String, foreignKeys: Bool = false) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = foreignKeys
        let queue = try DatabaseQueue(
            path: path(".sluice/ledger.sqlite"),
            configuration: configuration
        )
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}

/// Stops a test whose preparation did not come about.
func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw Unprepared(description: what()) }
}

private struct Unprepared: Error, CustomStringConvertible {
    let description: String
}

extension AddFile {
    /// The same file under another path, as the log has it.
    func renamed(_ path: String) -> AddFile {
        AddFile(
            path: path,
            partitionValues: partitionValues,
            size: size,
            modificationTime: modificationTime,
            stats: stats,
            tags: tags
        )
    }
}

extension FlowFolder {
    /// Cuts the last bytes off a file.
    func truncate(_ relative: String, by count: Int) throws {
        let content = try folder.read("buckets/\(relative)")
        try write(Data(content.dropLast(count)), to: relative)
    }

    /// Replaces a Parquet file, at its absolute path, by the rows of a query over `old`.
    func rewrite(_ file: String, as query: String) throws {
        let connection = try DuckDB.Database().connect()
        try connection.execute(
            """
            CREATE TABLE old AS FROM read_parquet(\(SQL.literal(file)));
            COPY (\(query)) TO \(SQL.literal(file)) (FORMAT parquet, COMPRESSION zstd)
            """
        )
    }

    /// Removes lines of a text file; some must go.
    func dropLines(of relative: String, where isDropped: (Substring) -> Bool) throws {
        let lines = try text(relative).split(separator: "\n")
        let kept = lines.filter { !isDropped($0) }
        try require(kept.count < lines.count, "no line of \(relative) goes")
        try write(kept.map { $0 + "\n" }.joined(), to: relative)
    }
}
