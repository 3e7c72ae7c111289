import SimilarityKernel
import Testing

@Suite("Ranked pairs")
struct DefinitionTests {
    private let sample = SampleIndicator.random(
        "definition",
        locales: 11,
        intervals: 9,
        dimensions: 3,
        missing: 0.2
    )

    @Test("come by locale, weighted distance, other locale", arguments: SampleIndicator.all)
    func ordered(sample: SampleIndicator) {
        let rows = rankedPairs(of: sample.values)
        for (row, next) in zip(rows, rows.dropFirst()) {
            #expect(
                (row.locale, row.comparison.weightedDistance, row.other)
                    < (next.locale, next.comparison.weightedDistance, next.other)
            )
        }
    }

    @Test("hold every locale with itself at distance 0 and correlation 1")
    func selfPairs() throws {
        let sample = SampleIndicator.random(
            "itself",
            locales: 7,
            intervals: 9,
            dimensions: 3,
            missing: 0
        )
        for locale in 0..<sample.values.shape.locales {
            let own = try #require(
                rankedPairs(of: sample.values).first { $0.locale == locale && $0.other == locale }
            )
            #expect(own.comparison.distance == 0)
            #expect(own.comparison.correlation == 1)
        }
    }

    @Test("correlate by 0 what has fewer than five intervals", arguments: [4, 5])
    func fiveIntervals(intervals: Int) {
        let sample = SampleIndicator.random(
            "short",
            locales: 6,
            intervals: intervals,
            dimensions: 1,
            missing: 0
        )
        let correlations = rankedPairs(of: sample.values).map(\.comparison.correlation)
        #expect(correlations.allSatisfy { ($0 == 0) == (intervals < 5) })
    }

    @Test("correlate by 0 where only two locales make every score the same size")
    func twoLocales() {
        let sample = SampleIndicator("two", classes: [0, 0], intervals: 9, dimensions: 3) {
            Double($0 * 5) + $3.unit()
        }
        #expect(rankedPairs(of: sample.values).allSatisfy { $0.comparison.correlation == 0 })
    }

    @Test("keep with topK the locale itself and the nearest others", arguments: [0, 1, 4, 100])
    func nearest(topK: Int) {
        let all = rankedPairs(of: sample.values)
        let kept = rankedPairs(of: sample.values, topK: topK)
        for locale in 0..<sample.values.shape.locales {
            let row = all.filter { $0.locale == locale }
            let others = row.filter { $0.other != locale }.prefix(topK).map(\.other)
            let expected = row.filter { others.contains($0.other) || $0.other == locale }
            #expect(kept.filter { $0.locale == locale } == expected)
        }
        let pairs = Set(kept.map { [$0.locale, $0.other] })
        let timed = distancesOverTime(of: sample.values)
        #expect(
            distancesOverTime(of: sample.values, topK: topK)
                == timed.filter { pairs.contains([$0.locale, $0.other]) }
        )
    }

    @Test("are the same whatever the order in which locales are numbered")
    func permuted() throws {
        let sample = SampleIndicator("permuted", locales: 11, intervals: 9, dimensions: 1) {
            Double(($0 * 7 + $1 * $1 * 5) % 13) + $3.unit()
        }
        let plain = rankedPairs(of: sample.values)
        let byPair = Dictionary(uniqueKeysWithValues: plain.map { ([$0.locale, $0.other], $0) })
        var generator = SeededGenerator(seed: 5)
        let order = Array(0..<11).shuffled(using: &generator)
        var permuted = IndicatorValues(
            classes: sample.values.classes,
            intervals: 9,
            dimensions: 1
        )
        for (place, locale) in order.enumerated() {
            for interval in 0..<9 {
                let value = try #require(
                    sample.values.value(locale: locale, interval: interval, dimension: 0)
                )
                permuted.insert(value, locale: place, interval: interval, dimension: 0)
            }
        }

        for row in rankedPairs(of: permuted) {
            let same = try #require(byPair[[order[row.locale], order[row.other]]])
            #expect(agree(row.comparison.weightedDistance, same.comparison.weightedDistance))
        }
    }

    @Test("count the greatest of repeated values, and how many were repeated")
    func repeated() {
        var values = IndicatorValues(classes: [0, 0], intervals: 1, dimensions: 1)
        for value in [3, 9, 5, .nan, .infinity] {
            values.insert(value, locale: 0, interval: 0, dimension: 0)
        }
        values.insert(9, locale: 1, interval: 0, dimension: 0)
        #expect(values.repeatedValues == 2)
        #expect(rankedPairs(of: values).allSatisfy { $0.comparison.distance == 0 })
    }

    @Test("are none for an indicator without locales")
    func empty() {
        #expect(rankedPairs(of: IndicatorValues(classes: [], intervals: 0, dimensions: 0)).isEmpty)
    }
}
