import FoundationEssentials
import SimilarityKernel
import TestSupport
import Testing

@Suite("Real indicators")
struct PythonReferenceTests {
    /// A file of the shared data, and of how many locales one is taken.
    struct Source: Sendable {
        let file: String
        let oneLocaleIn: Int
    }

    @Test(
        "give the rows of the reference in Python",
        arguments: [
            Source(file: "US.GOV.CDC.NCHS.LEADINGCAUSES_STATE.tsv.gz", oneLocaleIn: 1),
            Source(file: "US.GOV.CDC.WONDER.ALCDRUG_COUNTY.tsv.gz", oneLocaleIn: 25),
            Source(file: "US.GOV.CDC.NCHS.TEENBIRTH_COUNTY.tsv.gz", oneLocaleIn: 40),
        ]
    )
    func agree(source: Source) async throws {
        guard
            let packed = sharedData("livestories/\(source.file)"),
            let reference = sharedData("../reference/similarity.py")
        else { return }
        let rows = try await Self.rows(packed, oneLocaleIn: source.oneLocaleIn)
        let folder = try ScratchFolder()
        let input = try folder.write(
            rows.map { $0.joined(separator: "\t") + "\n" }.joined(),
            to: "in.tsv"
        )
        let indicator = NamedIndicator(rows)

        let pairs = rankedPairs(of: indicator.values)
        let expected = try await Self.python(reference, input)
        #expect(pairs.count == expected.count)
        let byPair = Dictionary(uniqueKeysWithValues: expected.map { ([$0[1], $0[2]], $0) })
        for pair in pairs {
            let names = [indicator.locales[pair.locale], indicator.locales[pair.other]]
            let row = try #require(byPair[names])
            let comparison = pair.comparison
            let found = [
                comparison.correlation, comparison.adjustedCorrelation, comparison.distance,
                comparison.weightedDistance, Double(pair.intervals.count),
                Double(pair.dimensions.count),
            ]
            #expect(Self.agree(found, row.dropFirst(3)), "\(names)")
        }

        let timed = distancesOverTime(of: indicator.values)
        let expectedTimed = try await Self.python(reference, input, "--per-interval")
        try #require(timed.count == expectedTimed.count)
        for (found, row) in zip(timed, expectedTimed) {
            let names = [
                indicator.locales[found.locale], indicator.locales[found.other],
                indicator.intervals[found.interval],
            ]
            #expect(names == Array(row[1...3]))
            #expect(Self.agree([found.distance], row.dropFirst(4)), "\(names)")
        }
    }

    private static func agree(_ found: [Double], _ expected: ArraySlice<String>) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { found, text in
                Double(text).map { SimilarityKernelTests.agree(found, $0) } ?? false
            }
    }

    private static func rows(_ packed: String, oneLocaleIn: Int) async throws -> [[String]] {
        let unpacked = try await run("/usr/bin/env", ["gzip", "-dc", packed])
        try #require(unpacked.code == 0)
        let rows = unpacked.text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let locales = Set(rows.map { $0[1] }).sorted()
        let taken = Set(stride(from: 0, to: locales.count, by: oneLocaleIn).map { locales[$0] })
        return rows.filter { taken.contains($0[1]) }
    }

    /// The rows that the reference prints, without the header.
    private static func python(_ arguments: String...) async throws -> [[String]] {
        let end = try await run("/usr/bin/env", ["python3"] + arguments)
        try #require(end.code == 0, "\(end.errors)")
        return end.text.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}

/// Rows of one indicator with names turned into sorted indices.
private struct NamedIndicator {
    let locales: [String]
    let intervals: [String]
    let values: IndicatorValues

    init(_ rows: [[String]]) {
        let rows = rows.filter { $0[1] != "US" }
        func sorted(_ column: Int) -> [String] {
            Set(rows.map { $0[column] }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        func numbers(_ names: [String]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        }
        locales = sorted(1)
        intervals = sorted(2)
        let dimensions = numbers(sorted(3))
        let locale = numbers(locales)
        let interval = numbers(intervals)
        var values = IndicatorValues(
            classes: Array(repeating: 0, count: locales.count),
            intervals: intervals.count,
            dimensions: dimensions.count
        )
        for row in rows {
            guard
                let value = Double(row[4]), let locale = locale[row[1]],
                let interval = interval[row[2]], let dimension = dimensions[row[3]]
            else { continue }
            values.insert(value, locale: locale, interval: interval, dimension: dimension)
        }
        self.values = values
    }
}
