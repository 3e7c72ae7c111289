import Events
import TestSupport
import Testing

@Suite("A table out of which files are taken")
struct RetractionTests {
    /// One mode with one random history.
    struct History: CustomTestStringConvertible {
        var mode: TableMode
        var seed: UInt64

        var testDescription: String { "\(mode.rawValue), seed \(seed)" }

        static let all = TableMode.allCases.flatMap { mode in
            (1...3).map { History(mode: mode, seed: $0) }
        }
    }

    /// A version, or the end of a file.
    private struct Step {
        var version: HandFlow.Version
        var isRemoval: Bool
    }

    @Test("is what its other versions make, whatever comes first", arguments: History.all)
    func followsMode(history: History) async throws {
        var random = SeededGenerator(seed: history.seed &* 1000 &+ history.mode.seed)
        let flow = try HandFlow(settings: history.mode.settings(with: #""onDelete": "retract""#))
        // One file stays, so that there is a table.
        let first = try await flow.split("stays", Row.some(of: 0, using: &random))
        var steps = [Step(version: first, isRemoval: false)]
        for number in 1..<10 {
            let name = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            if number > 2, Int.random(in: 0..<3, using: &random) == 0 {
                steps.append(Step(version: try await flow.remove(name), isRemoval: true))
            } else {
                let rows = Row.some(of: number, using: &random)
                steps.append(Step(version: try await flow.split(name, rows), isRemoval: false))
            }
        }
        let versions = steps.map(\.version)
        for batch in OrderTests.batches(versions, using: &random) {
            try await flow.crawl(batch)
            try await flow.invoke("convert", batch)
            if Int.random(in: 0..<4, using: &random) == 0, flow.hasLakeTable {
                try await flow.compact()
            }
        }
        for batch in OrderTests.batches(versions, using: &random) {
            try await flow.invoke("load", batch)
        }
        let left = steps.enumerated().filter { index, step in
            !step.isRemoval
                && !steps[index...].contains {
                    $0.isRemoval && $0.version.source == step.version.source
                }
        }.map(\.element.version)
        let expected = history.mode.table(of: left).sorted()
        #expect(try await flow.rows(of: "lake.t") == expected)
        #expect(try await flow.rows(of: "warehouse.t") == expected)

        // What was done already changes nothing when it comes again.
        try await flow.invoke("convert", versions)
        try await flow.invoke("load", versions)
        #expect(try await flow.rows(of: "lake.t") == expected)
        #expect(try await flow.rows(of: "warehouse.t") == expected)
    }
}
