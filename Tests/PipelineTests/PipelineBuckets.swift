import Events
import FoundationEssentials
import TestSupport
import Testing

/// Buckets of their own for one of the pipelines among the cases, with whatever files a test drops.
struct PipelineBuckets {
    private let scratch: ScratchFolder
    private let settings: String
    private let pipeline: String

    init(_ name: String) throws {
        scratch = try ScratchFolder()
        pipeline = "\(packageFolder)/Tests/Cases/pipelines/\(name)"
        settings = "\(pipeline)/functions.json"
    }

    /// The folder of buckets.
    var path: String { scratch.path("buckets") }

    /// Drops the files of a folder of the case, such as `stage-1.2`.
    func drop(_ folder: String) throws {
        let root = "\(pipeline)/\(folder)"
        for key in try FileManager.default.subpathsOfDirectory(atPath: root) {
            var isFolder = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(key)", isDirectory: &isFolder)
            if !isFolder { try drop("\(root)/\(key)", as: key) }
        }
    }

    /// Drops a copy of a file under a key of stage-1.
    func drop(_ file: String, as key: String) throws {
        try scratch.write(try Data(contentsOf: URL(filePath: file)), to: "buckets/stage-1/\(key)")
    }

    /// Lets everything settle; no file may be refused.
    func settle() async throws {
        let end = try await sluice(["up", "--once"])
        #expect(end.code == 0, "\(end.errors)")
    }

    /// The names of the pipeline's saved queries.
    func savedQueries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(pipeline)/queries")
            .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }
    }

    /// The rows of a saved query.
    func answer(_ name: String) async throws -> [JSONValue] { try await rows("@\(name)") }

    /// The rows of a statement, of lake tables as they were in a version if one is given.
    func rows(_ sql: String, asOf version: Int? = nil) async throws -> [JSONValue] {
        let past = version.map { ["--as-of", String($0)] } ?? []
        let end = try await sluice(["query", "--format", "json"] + past, [sql])
        #expect(end.code == 0, "\(end.errors)")
        return try JSONValue(parsing: end.text).array ?? []
    }

    /// The text of a file in a bucket.
    func text(_ key: String) throws -> String { try scratch.text("buckets/\(key)") }

    func sluice(
        _ arguments: [String],
        _ operands: [String] = []
    ) async throws -> ProgramEnd {
        let options = ["--config", settings, "--buckets", path, "--"]
        return try await run(
            builtProgram(named: "sluice"),
            arguments + (operands.isEmpty ? options.dropLast() : options + operands),
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"]
        )
    }
}
