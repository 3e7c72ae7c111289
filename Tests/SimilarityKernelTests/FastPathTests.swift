import SimilarityKernel
import Testing

@Suite("The fast path")
struct FastPathTests {
    @Test(
        "agrees with the plain reference, pair by pair",
        arguments: SampleIndicator.all,
        VectorInstructions.available
    )
    func agreesWithReference(sample: SampleIndicator, instructions: VectorInstructions) throws {
        let reference = ScalarReference(ZScores(sample.values))
        let classes = sample.values.classes
        var expectedPairs = 0
        var expected: [[ScalarReference.Outcome?]] = []
        for locale in classes.indices {
            expected.append(
                classes.indices.map { other in
                    classes[locale] == classes[other] ? reference.compare(locale, other) : nil
                }
            )
            expectedPairs += expected[locale].count { $0 != nil }
        }

        let rows = rankedPairs(of: sample.values, instructions: instructions)

        #expect(rows.count == expectedPairs)
        for row in rows {
            let outcome = try #require(expected[row.locale][row.other])
            let pair = "\(row.locale) with \(row.other)"
            #expect(row.intervals == outcome.intervals, "\(pair)")
            #expect(row.dimensions == outcome.dimensions, "\(pair)")
            #expect(agree(row.comparison.distance, outcome.comparison.distance), "\(pair)")
            #expect(agree(row.comparison.correlation, outcome.comparison.correlation), "\(pair)")
        }
    }

    @Test(
        "gives every interval's distance as the plain reference",
        arguments: SampleIndicator.all,
        VectorInstructions.available
    )
    func distancesAgreeWithReference(sample: SampleIndicator, instructions: VectorInstructions) {
        let reference = ScalarReference(ZScores(sample.values))
        let classes = sample.values.classes
        var expected: [TimedDistance] = []
        for locale in classes.indices {
            for other in classes.indices where classes[locale] == classes[other] {
                guard let outcome = reference.compare(locale, other) else { continue }
                for (interval, distance) in zip(outcome.intervals, outcome.distances) {
                    expected.append(
                        .init(locale: locale, other: other, interval: interval, distance: distance)
                    )
                }
            }
        }

        let rows = distancesOverTime(of: sample.values, instructions: instructions)

        #expect(
            rows.map { [$0.locale, $0.other, $0.interval] }
                == expected.map { [$0.locale, $0.other, $0.interval] }
        )
        #expect(zip(rows, expected).allSatisfy { agree($0.distance, $1.distance) })
    }

    @Test("gives the same rows whatever the bands", arguments: SampleIndicator.all)
    func bandsDoNotShow(sample: SampleIndicator) {
        let shape = sample.values.shape
        let fewLocales = shape.locales * 20 * 3
        for memory in [1, fewLocales] {
            #expect(
                rankedPairs(of: sample.values, memory: memory) == rankedPairs(of: sample.values)
            )
            #expect(
                distancesOverTime(of: sample.values, memory: memory)
                    == distancesOverTime(of: sample.values)
            )
        }
    }

    @Test("is symmetric to the last bit", arguments: SampleIndicator.all)
    func symmetric(sample: SampleIndicator) throws {
        let rows = rankedPairs(of: sample.values, memory: 1)
        let byPair = Dictionary(uniqueKeysWithValues: rows.map { ([$0.locale, $0.other], $0) })
        for row in rows {
            let mirrored = try #require(byPair[[row.other, row.locale]])
            #expect(mirrored.comparison == row.comparison)
            #expect(mirrored.intervals == row.intervals)
        }
    }

    @Test("never gives a result that is not a number", arguments: SampleIndicator.all)
    func finite(sample: SampleIndicator) {
        for row in rankedPairs(of: sample.values) {
            #expect(row.comparison.correlation.magnitude <= 1 + 1e-12)
            #expect(row.comparison.distance >= 0 && row.comparison.distance.isFinite)
        }
    }
}
