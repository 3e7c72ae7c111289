import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("The files of a pipeline's case")
struct GeneratorTests {
    @Test(
        "are those that scripts/generate makes",
        arguments: ["calls", "indicators", "pins", "shop", "streaming"]
    )
    func areGenerated(pipeline: String) async throws {
        let scratch = try ScratchFolder()
        let end = try await run(
            "/usr/bin/env",
            ["python3", "\(packageFolder)/scripts/generate", pipeline, "1", scratch.path],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        )
        #expect(end.code == 0, "\(end.errors)")
        let folder = "\(packageFolder)/Tests/Cases/pipelines/\(pipeline)"
        let committed = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
            var isFolder = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
            return path.hasPrefix("stage-1") && !isFolder
        }
        #expect(try scratch.files() == committed.sorted())
        for path in committed {
            let content = try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
            #expect(try scratch.read(path) == content, "\(path)")
        }
    }

    @Test("arrive one by one, too, by scripts/demo", arguments: ["calls", "pins", "streaming"])
    func areDropped(pipeline: String) async throws {
        let buckets = try PipelineBuckets(pipeline)
        let end = try await run(
            "/usr/bin/env",
            [
                "python3", "\(packageFolder)/scripts/demo", "--rate", "1000", "--count", "12",
                "--buckets", buckets.path, pipeline,
            ],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        )
        #expect(end.code == 0, "\(end.errors)")
        try await buckets.settle()
        let loads = try await buckets.rows(
            "SELECT count(*) AS files, CAST(sum(rejects) AS BIGINT) AS rejects FROM warehouse.sluice_loads "
                + "WHERE source LIKE 'stage-1/%'"
        )
        #expect(loads == [["files": 12, "rejects": 0]])
    }
}
