import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("The shop pipeline")
struct ShopTests {
    @Test("accounts for every row of the real files")
    func realFiles() async throws {
        guard let folder = sharedData("retail") else { return }
        let buckets = try PipelineBuckets("shop")
        for table in ["events", "item_properties", "category_tree"] {
            try buckets.drop("\(folder)/\(table).csv", as: "\(table)/\(table).csv")
        }
        try await buckets.settle()
        #expect(buckets.quarantined().isEmpty)

        // Counted without Sluice: by text, times as a spreadsheet left them.
        let events = try Self.counts(of: "\(folder)/events.csv") { "\($0[2]) \($0[0])" }
        #expect(events.values.reduce(0, +) == 999)
        let properties = try Self.counts(of: "\(folder)/item_properties.csv") {
            "\($0[2]) \($0[0])"
        }
        #expect(properties.values.reduce(0, +) == 3100)
        let parents = try Self.counts(of: "\(folder)/category_tree.csv") { $0[1] }
        #expect(parents.values.reduce(0, +) == 1669)

        for _ in 0..<2 {
            let found = try await buckets.counts(
                "SELECT event || ' ' || epoch_ms(time), count(*) FROM events GROUP BY ALL"
            )
            #expect(found == Self.inMilliseconds(events))
            let values = try await buckets.counts(
                "SELECT property || ' ' || epoch_ms(time), count(*) FROM item_properties GROUP BY ALL"
            )
            #expect(values == Self.inMilliseconds(properties))
            let tree = try await buckets.counts(
                "SELECT coalesce(parentid::VARCHAR, ''), count(*) FROM category_tree GROUP BY ALL"
            )
            #expect(tree == parents)
            // Once more over joined files.
            try await buckets.compact()
        }
        let roots = try await buckets.rows(
            "SELECT count(*) AS n FROM category_tree WHERE parentid IS NULL"
        )
        #expect(roots == [["n": 25]])
    }

    @Test("reads only the files that a question needs, also when they are joined")
    func pruning() async throws {
        let buckets = try PipelineBuckets("shop")
        for step in ["stage-1", "stage-1.2"] {
            try buckets.drop(step)
            try await buckets.settle()
        }
        #expect(buckets.quarantined().count == 1)
        let questions = [
            ("events", "event = 'transaction' AND itemid = 11406", 1, 3),
            ("item_properties", "property = 'available' AND itemid = 11406", 1, 7),
            ("page_views", "time_day = '2015-06-01'", 1, 2),
            ("page_views", "time >= '2015-06-02' AND time < '2015-06-03'", 1, 2),
        ]
        var answers: [[JSONValue]] = []
        for (table, condition, _, _) in questions {
            let sql = "FROM \(table) WHERE \(condition) ORDER BY ALL"
            answers.append(try await buckets.rows(sql))
            #expect(answers.last?.isEmpty == false, "\(sql)")
            let found = try await buckets.filesRead(by: sql)
            // How many there are depends on the runs that made them.
            #expect(found.read < found.of, "\(sql) \(found)")
        }
        try await buckets.compact()
        for (index, (table, condition, read, files)) in questions.enumerated() {
            let sql = "FROM \(table) WHERE \(condition) ORDER BY ALL"
            #expect(try await buckets.rows(sql) == answers[index])
            let found = try await buckets.filesRead(by: sql)
            #expect(found.read == read && found.of == files, "\(sql) \(found)")
        }
        // Days are partitions of their own, however the hours came.
        let days = try await buckets.rows(
            "SELECT time_day::VARCHAR AS day, count(*) AS n FROM page_views WHERE time::DATE = time_day GROUP BY ALL ORDER BY day"
        )
        #expect(days == [["day": "2015-06-01", "n": 56], ["day": "2015-06-02", "n": 40]])
    }

    @Test("takes small files as the shop writes them")
    func stream() async throws {
        let buckets = try PipelineBuckets("shop")
        let end = try await run(
            "/usr/bin/env",
            [
                "python3", "\(packageFolder)/scripts/demo", "--rate", "1000", "--count", "12",
                "--buckets", buckets.path, "shop",
            ],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        )
        #expect(end.code == 0, "\(end.errors)")
        try await buckets.settle()
        #expect(buckets.quarantined().isEmpty)
        let sources = ["category_tree", "item_properties", "events", "page_views"]
            .map { "SELECT _source FROM \($0)" }.joined(separator: " UNION ")
        #expect(try await buckets.rows("SELECT count(*) AS n FROM (\(sources))") == [["n": 12]])
    }

    /// How many records of a CSV file without quotes have each key.
    private static func counts(
        of file: String,
        by key: ([String]) -> String
    ) throws -> [String: Int64] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        var counts: [String: Int64] = [:]
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init
            )
            counts[key(cells), default: 0] += 1
        }
        return counts
    }

    /// Keys that end in a time, with the time in whole milliseconds.
    private static func inMilliseconds(_ counts: [String: Int64]) -> [String: Int64] {
        var found: [String: Int64] = [:]
        for (key, count) in counts {
            let parts = key.split(separator: " ")
            let time = Int64(Double(parts.last ?? "") ?? -1)
            found["\(parts[0]) \(time)", default: 0] += count
        }
        return found
    }
}

extension PipelineBuckets {
    /// The lines of all files in quarantine.
    fileprivate func quarantined() -> [Substring] {
        let root = path + "/quarantine"
        let keys = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return keys.filter { $0.hasSuffix(".jsonl") }
            .flatMap { (try? text("quarantine/\($0)"))?.split(separator: "\n") ?? [] }
    }

    /// The rows of a statement of a text and a number.
    fileprivate func counts(_ sql: String) async throws -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for row in try await rows(sql) {
            let values = row.members?.map(\.value) ?? []
            counts[values.first?.string ?? ""] = values.last?.integer
        }
        return counts
    }

    /// How many files of the one table that a statement reads it needs.
    fileprivate func filesRead(by sql: String) async throws -> (read: Int64, of: Int64) {
        let answer = try await sluice(["query", "--explain", "--format", "json"], [sql])
        #expect(answer.code == 0, "\(answer.errors)")
        let table = try JSONValue(parsing: answer.text)["tables"]?.array?.first
        return (table?["filesRead"]?.integer ?? -1, table?["files"]?.integer ?? -1)
    }

    fileprivate func compact() async throws {
        let end = try await sluice(["compact"])
        #expect(end.code == 0, "\(end.errors)")
    }
}
