import Events
import FoundationEssentials
import TestSupport
import Testing

@Suite("A table, whatever the order and batches in which its versions come to it")
struct OrderTests {
    @Test("is what its mode says, in lake and warehouse alike", arguments: TableMode.allCases)
    func followsMode(mode: TableMode) async throws {
        var random = SeededGenerator(seed: mode.seed)
        let flow = try HandFlow(settings: mode.settings)
        var versions: [HandFlow.Version] = []
        for number in 0..<8 {
            let name = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            let rows = Row.some(of: number, using: &random)
            versions.append(try await flow.split(name, rows))
        }
        for batch in Self.batches(versions, using: &random) {
            try await flow.crawl(batch)
            try await flow.invoke("convert", batch)
        }
        for batch in Self.batches(versions, using: &random) {
            try await flow.invoke("load", batch)
        }
        let expected = mode.table(of: versions).sorted()
        #expect(try await flow.rows(of: "lake.t") == expected)
        #expect(try await flow.rows(of: "warehouse.t") == expected)

        // What is there already changes nothing when it comes again.
        try await flow.invoke("convert", versions)
        try await flow.invoke("load", versions)
        #expect(try await flow.rows(of: "lake.t") == expected)
        #expect(try await flow.rows(of: "warehouse.t") == expected)
    }

    static func batches(
        _ versions: [HandFlow.Version],
        using random: inout SeededGenerator
    ) -> [[HandFlow.Version]] {
        var rest = versions.shuffled(using: &random)[...]
        var batches: [[HandFlow.Version]] = []
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...3, using: &random))
            batches.append(Array(batch))
            rest = rest.dropFirst(batch.count)
        }
        return batches
    }
}

/// A row of the table under test.
struct Row: Hashable {
    var id: String
    /// The partition; empty for null.
    var part: String
    var value: String

    /// Rows of a version; the values of some make the column text.
    static func some(of version: Int, using random: inout SeededGenerator) -> [Row] {
        (0..<Int.random(in: 1...5, using: &random)).map { place in
            Row(
                id: "k\(Int.random(in: 0..<6, using: &random))",
                part: ["", "p", "q", "r"].randomElement(using: &random) ?? "",
                value: version == 3 ? "text\(place)" : "\(version * 10 + place)"
            )
        }
    }
}

/// How versions combine, said once more and otherwise.
enum TableMode: String, CaseIterable {
    case append
    case replace
    case upsert
    case replacePartitions = "replace_partitions"

    var seed: UInt64 { UInt64(rawValue.utf8.count) }

    var settings: String { settings(with: "") }

    /// The table's settings, and one more.
    func settings(with other: String) -> String {
        let keys = self == .upsert ? #", "keys": ["id"]"# : ""
        let more = other.isEmpty ? "" : ", \(other)"
        return #"{"mode": "\#(rawValue)", "partitionBy": ["part"]\#(keys)\#(more)}"#
    }

    /// The lines of the table; `versions` are in the order of arrival.
    func table(of versions: [HandFlow.Version]) -> [String] {
        let rows = versions.flatMap { version in version.rows.map { (version, $0) } }
        let chosen =
            switch self {
            case .append:
                rows.filter { row in
                    versions.last { $0.source == row.0.source }?.sequencer == row.0.sequencer
                }
            case .replace: rows.filter { $0.0.sequencer == versions.last?.sequencer }
            case .upsert:
                rows.enumerated().filter { index, row in
                    !rows[(index + 1)...].contains { $0.1.id == row.1.id }
                }.map(\.element)
            case .replacePartitions:
                rows.filter { row in
                    rows.last { $0.1.part == row.1.part }?.0.sequencer == row.0.sequencer
                }
            }
        return chosen.map { version, row in
            "\(row.id),\(row.part),\(row.value),\(version.source),\(version.sequencer)"
        }
    }
}
