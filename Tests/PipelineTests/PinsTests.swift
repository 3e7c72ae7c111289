import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("The pins pipeline")
struct PinsTests {
    private static let tables = [("posts", "pin"), ("places", "geo"), ("users", "user")]

    @Test("cleans the real files exactly, and answers its questions on them")
    func realFiles() async throws {
        guard let folder = sharedData("pinterest") else { return }
        let buckets = try PipelineBuckets("pins")
        for (_, topic) in Self.tables {
            let file = "app.\(topic)/partition=0/app.\(topic)+0+0000000000.json"
            try buckets.drop("\(folder)/raw_\(topic).jsonl", as: "topics/\(file)")
        }
        try await buckets.settle()

        for (table, topic) in Self.tables {
            let clean = try Self.lines(of: "\(folder)/clean_\(topic).jsonl")
            let rows = try await buckets.rows("SELECT * EXCLUDE (_source, _seq) FROM \(table)")
            try Self.compare(rows, clean, table)
            let loaded = try await buckets.rows(
                "SELECT * EXCLUDE (_source, _seq) FROM warehouse.\(table)"
            )
            try Self.compare(loaded, clean, "warehouse.\(table)")
        }
        let names = try buckets.savedQueries()
        #expect(names.count == 9)
        for name in names {
            let known = try Self.lines(of: "\(folder)/answer_\(name).jsonl")
            try Self.compare(await buckets.answer(name), known, name)
            // The pipeline's own function has answered, too.
            let lines = try buckets.text("results/answers/\(name).csv").split(separator: "\n")
            #expect(lines.count == known.count + 1, "\(name)")
        }
    }

    /// Expects the same rows in any order, with their columns in the same order.
    private static func compare(
        _ rows: [JSONValue],
        _ known: [JSONValue],
        _ subject: String
    ) throws {
        let columns = { (row: JSONValue) in row.members?.map(\.name) ?? [] }
        #expect(Set(rows.map(columns)) == Set(known.map(columns)), "\(subject)")
        let sorted = { (rows: [JSONValue]) in
            try rows.map { String(decoding: try JSONText.encode($0), as: UTF8.self) }.sorted()
        }
        let (mine, theirs) = (try sorted(rows), try sorted(known))
        #expect(mine.count == theirs.count, "\(subject)")
        let first = zip(mine, theirs).first { $0 != $1 }
        #expect(first == nil, "\(subject)")
    }

    /// JSON lines, with times written as `query` writes them.
    private static func lines(of file: String) throws -> [JSONValue] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            try JSONValue(parsing: line.replacing(".000+0000\"", with: "Z\""))
        }
    }
}
