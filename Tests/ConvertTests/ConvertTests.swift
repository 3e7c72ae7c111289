import FoundationEssentials
import TestSupport
import Testing

@Suite("Versions that are looked at while they are written")
struct ConvertTests {
    private func once(_ folder: ScratchFolder) async throws {
        let end = try await run(
            builtProgram(named: "sluice"),
            ["up", "--once"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.text)\(end.errors)")
    }

    private func answer(_ folder: ScratchFolder, _ sql: String) async throws -> String {
        let end = try await run(
            builtProgram(named: "sluice"),
            ["query", "--format", "csv", sql],
            folder: folder.path
        )
        #expect(end.code == 0, "\(end.errors)")
        return end.text.split(separator: "\n").dropFirst().joined(separator: "\n")
    }

    @Test("leave no file behind when one of them turns out to have a bad row")
    func turnsOutBad() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            """
            { "tables": { "t": { "columns": { "p": "string", "n": "int" }, "partitionBy": ["p"],
                "sortBy": ["n"] } } }
            """,
            to: "functions.json"
        )
        let rows = (0..<3_000).map { "\($0 % 3),\($0)\n" }.joined()
        try folder.write("p,n\n" + rows, to: "buckets/stage-1/t/good.csv")
        try folder.write("p,n\n" + rows + "0,none\n", to: "buckets/stage-1/t/bad.csv")
        try await once(folder)

        let query = "SELECT count(*), count(DISTINCT _source) FROM"
        #expect(try await answer(folder, "\(query) lake.t") == "6000,2")
        #expect(try await answer(folder, "\(query) warehouse.t") == "6000,2")
        #expect(try folder.files(in: "buckets/quarantine/t/bad.csv").count == 2)
        let log = try folder.files(in: "buckets/lake/t/_delta_log").map { name in
            try folder.text("buckets/lake/t/_delta_log/\(name)")
        }.joined()
        let data = try folder.files(in: "buckets/lake/t").filter { $0.hasSuffix(".parquet") }
        #expect(!data.isEmpty)
        for file in data { #expect(log.contains(file), "\(file) is no file of the table") }
    }

    @Test("are read together when they are small, and each row knows its source")
    func together() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            """
            { "functions": {
                "split": { "handler": "split", "environment": { "CHUNK_BYTES": "64" } },
                "crawl": { "handler": "crawl" }, "convert": { "handler": "convert" },
                "load": { "handler": "load" } } }
            """,
            to: "functions.json"
        )
        for file in 0..<30 {
            let lines = (0..<file + 1).map { "\(file),\($0)\n" }.joined()
            try folder.write("file,line\n" + lines, to: "buckets/stage-1/t/\(file).csv")
            let other = (0..<file).map { #"{"file": \#(file), "line": \#($0)}\#n"# }.joined()
            try folder.write(other, to: "buckets/stage-1/j/\(file).json")
        }
        try folder.write("file,line\nodd,1\nodd,2,2\n", to: "buckets/stage-1/t/odd.csv")
        try folder.write("line,file\n0,77\n", to: "buckets/stage-1/t/77.csv")
        try await once(folder)
        let check = "count(*), count(DISTINCT _seq), count(*) FILTER (_source <> "
        for side in ["lake", "warehouse"] {
            let csv = "SELECT \(check) 'stage-1/t/' || file || '.csv') FROM \(side).t"
            #expect(try await answer(folder, csv) == "467,32,0")
            let json = "SELECT \(check) 'stage-1/j/' || file || '.json') FROM \(side).j"
            #expect(try await answer(folder, json) == "435,29,0")
        }
    }
}
