import Buckets
import Events
import TestSupport
import Testing

@testable import Reports

@Suite("Bad rows in quarantine")
struct RejectedRowsTests {
    private static let first = "000660c7228378ba"
    private static let second = "000660c7228378bb"

    private static func row(_ reason: String, column: String? = "c") -> String {
        let column = column.map { "\"\($0)\"" } ?? "null"
        return #"{"column":\#(column),"line":3,"raw":"a,\"reason\":\"no\\\\\",\"column\":1","#
            + #""reason":"\#(reason)","record":2,"sequencer":"x","source":"stage-1/t/a","value":"v"}"#
            + "\n"
    }

    private func buckets() throws -> (ScratchFolder, BucketsFolder) {
        let folder = try ScratchFolder()
        return (folder, BucketsFolder(path: folder.path("buckets")))
    }

    @Test("count once for a version, whoever rejects them, also below a key that ends in .jsonl")
    func counts() throws {
        let (folder, buckets) = try buckets()
        let quarantine = "buckets/quarantine/"
        let two = Self.row("r") + Self.row("s")
        try folder.write(two, to: quarantine + "t/a.csv/\(Self.first).convert.jsonl")
        try folder.write(two + Self.row("r"), to: quarantine + "t/a.csv/\(Self.first).load.jsonl")
        try folder.write(Self.row("r"), to: quarantine + "t/a.csv/\(Self.second).load.jsonl")
        try folder.write(two, to: quarantine + "u/x/b.jsonl/\(Self.first).convert.jsonl")
        try folder.write("not\n", to: quarantine + "u/x/.\(Self.first).convert.jsonl.tmp")
        #expect(RejectedRows.count(in: buckets) == 6)
        let tables = RejectedRows.byTable(in: buckets)
        #expect(tables["t"]?.rows == 4)
        #expect(tables["t"]?.versions == 2)
        #expect(tables["t"]?.reasons.map(\.rows) == [3, 1])
        #expect(tables["t"]?.reasons.first?.reason == "r")
        #expect(tables["u"]?.rows == 2)
        #expect(RejectedRows.byTable(in: BucketsFolder(path: folder.path)).isEmpty)
    }

    @Test("are read without being misled by what the records hold")
    func members() {
        let line = JSONLine(Array(Self.row("it is \\\"no\\\" date").utf8)[...])
        #expect(line["reason"] == #"it is "no" date"#)
        #expect(line["column"] == "c")
        #expect(line["value"] == "v")
        #expect(line["line"] == nil)
        #expect(line["missing"] == nil)
        #expect(JSONLine(Array(Self.row("r", column: nil).utf8)[...])["column"] == nil)
        #expect(JSONLine(Array(#"{"reason":"cut"#.utf8)[...])["reason"] == nil)
    }

    @Test("are told with the most frequent reason first and a few examples of each")
    func story() throws {
        let (folder, buckets) = try buckets()
        let rows = String(repeating: Self.row("often"), count: 5) + Self.row("seldom", column: nil)
        let path = try folder.write(
            rows,
            to: "buckets/quarantine/t/a.csv/\(Self.first).convert.jsonl"
        )
        let story = try QuarantineStory(path: path, function: "convert", in: buckets)
        #expect(story.path == "quarantine/t/a.csv/\(Self.first).convert.jsonl")
        #expect(story.rows == 6)
        #expect(story.reasons.map(\.reason) == ["often", "seldom"])
        #expect(story.reasons.map(\.rows) == [5, 1])
        #expect(story.reasons[0].examples.count == 3)
        #expect(story.reasons[0].examples[0] == .init(line: 3, record: 2, text: "v"))
        #expect(story.reasons[1].column == nil)
    }

    @Test("are in files of a certain name")
    func names() {
        let name = QuarantineName("\(Self.first).convert.jsonl")
        #expect(name?.sequencer == Sequencer(Self.first))
        #expect(name?.function == "convert")
        for other in ["a.jsonl", "\(Self.first).jsonl", "\(Self.first)..jsonl", "x.load.jsonl"] {
            #expect(QuarantineName(other) == nil)
        }
    }
}
