import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("The indicators pipeline")
struct IndicatorsTests {
    /// A project that was begun from the pipeline.
    private struct Project {
        private let scratch: ScratchFolder
        let name = "project"

        init() async throws {
            scratch = try ScratchFolder()
            let end = try await run(
                builtProgram(named: "sluice"),
                ["init", "--from", "indicators", name],
                environment: ["PATH": "/usr/bin:/bin"],
                folder: scratch.path
            )
            try #require(end.code == 0, "\(end.errors)")
        }

        func path(_ relative: String) -> String { scratch.path("\(name)/\(relative)") }

        func files(_ folder: String) throws -> [String] {
            try scratch.files(in: "\(name)/\(folder)")
        }

        func text(_ file: String) throws -> String { try scratch.text("\(name)/\(file)") }

        func write(_ content: some DataProtocol, to file: String) throws {
            try scratch.write(content, to: "\(name)/\(file)")
        }

        func remove(_ file: String) throws { try scratch.remove("\(name)/\(file)") }

        /// Puts a file into the source folder, as the owner of the source does.
        func publish(_ file: String, as name: String) throws {
            try write(try Data(contentsOf: URL(filePath: file)), to: "source/\(name)")
        }

        /// Fetches what is new, and lets everything settle.
        func settle() async throws {
            for command in [["invoke", "sync"], ["up", "--once"]] {
                let end = try await sluice(command)
                #expect(end.code == 0, "\(end.text)\(end.errors)")
            }
        }

        func rows(_ query: [String]) async throws -> [JSONValue] {
            let end = try await sluice(["query", "--format", "json"] + query)
            #expect(end.code == 0, "\(end.errors)")
            return try JSONValue(parsing: end.text).array ?? []
        }

        func sluice(_ arguments: [String]) async throws -> ProgramEnd {
            try await run(
                builtProgram(named: "sluice"),
                arguments,
                environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.path],
                folder: scratch.path(name)
            )
        }

        /// What tells the files below a folder from others of the same name, by their paths.
        func identities(_ folder: String) throws -> [String: [Int]] {
            var identities: [String: [Int]] = [:]
            for file in try files(folder) {
                var status = stat()
                try #require(stat(path("\(folder)/\(file)"), &status) == 0)
                identities[file] = [
                    Int(status.st_ino), status.st_size, status.st_mtim.tv_sec,
                    status.st_mtim.tv_nsec,
                ]
            }
            return identities
        }
    }

    @Test("takes a changed file by itself and touches its indicator alone")
    func change() async throws {
        guard isInstalled("rsync") else { return }
        let project = try await Project()
        for name in ["births", "graduates", "jobless"] {
            try project.publish(project.path("sample/indicators/\(name).tsv"), as: "\(name).tsv")
        }
        try await project.settle()
        let results = ["HEALTH%3ABIRTHS.csv", "SCHOOL%3AGRADUATES.csv", "WORK%3AJOBLESS.csv"]
        #expect(try project.files("published") == results)
        for name in results {
            let mine = try project.text("buckets/results/\(name)")
            #expect(try project.text("published/\(name)") == mine)
            #expect(mine.split(separator: "\n").count == 101)
        }

        let folders =
            ["buckets/results", "published"]
            + ["indicators", "weighted_distances", "distances_over_time"].map {
                "buckets/lake/\($0)"
            }
        let before = try folders.map { try project.identities($0) }
        try project.publish(project.path("sample.2/indicators/births.tsv"), as: "births.tsv")
        try project.remove("source/jobless.tsv")
        try await project.settle()

        for (folder, before) in zip(folders, before) {
            let now = try project.identities(folder)
            // Files of the lake's earlier versions stay, and nothing else is written again.
            for (file, identity) in before where !file.hasSuffix(results[0]) {
                #expect(now[file] == identity, "\(folder)/\(file)")
            }
            let new = now.keys.filter { now[$0] != before[$0] && !$0.hasPrefix("_delta_log/") }
            #expect(!new.isEmpty, "\(folder)")
            #expect(new.allSatisfy { $0.contains("HEALTH%3ABIRTHS") }, "\(folder): \(new)")
        }
        let log = try await project.sluice(["logs", "publish"])
        #expect(log.text.contains("copied=1"), "\(log.text)")
        // What is gone at the source stays: a deletion is no news of an indicator.
        let left = try await project.rows(["@indicators"])
        #expect(
            left.map { $0["indicator"]?.string } == [
                "HEALTH:BIRTHS", "SCHOOL:GRADUATES", "WORK:JOBLESS",
            ]
        )
        #expect(try await project.sluice(["verify"]).code == 0)
    }

    @Test("finds the state that is most like Minnesota in the real file")
    func realFile() async throws {
        let name = "US.GOV.CDC.NCHS.LEADINGCAUSES_STATE.tsv.gz"
        guard isInstalled("rsync"), let file = sharedData("livestories/\(name)") else { return }
        let project = try await Project()
        try project.publish(file, as: name)
        try await project.settle()

        let indicator = "indicator=US.GOV.CDC.NCHS.LEADINGCAUSES:AADR"
        let nearest = try await project.rows(["@nearest", "--set", indicator, "--set", "top=1"])
        let row = try #require(nearest.first)
        #expect(row["place"] == "US:ST:WI")
        let known = [
            ("correlation", 0.375622426), ("adjusted_correlation", 0.812188787),
            ("distance", 2.376726811), ("weighted_distance", 1.930350865),
        ]
        for (column, value) in known {
            guard case .double(let found) = row[column] else {
                Issue.record("\(column) is no number")
                continue
            }
            #expect(abs(found - value) < 1e-9, "\(column)")
        }
        let totals = try await project.rows([
            """
            SELECT count(*) AS pairs, count(DISTINCT locale) AS places
            FROM warehouse.weighted_distances WHERE locale LIKE 'US:ST:%'
            """
        ])
        #expect(totals == [["pairs": 2601, "places": 51]])
        let published = try project.files("published")
        #expect(published.count == 1)
        #expect(published.allSatisfy { $0.hasPrefix("US.GOV.CDC.NCHS.LEADINGCAUSES") })
    }
}
