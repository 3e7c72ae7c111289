import SimilarityKernel
import Testing

/// A named indicator made up to be awkward in one way.
struct SampleIndicator: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let values: IndicatorValues

    /// Fills an indicator cell by cell.
    ///
    /// - Parameters:
    ///   - name: What is awkward about it.
    ///   - classes: The class of each locale.
    ///   - intervals: The number of intervals.
    ///   - dimensions: The number of dimensions.
    ///   - value: The value of (locale, interval, dimension), `nil` for a missing one.
    init(
        _ name: String,
        classes: [Int],
        intervals: Int,
        dimensions: Int,
        value: (Int, Int, Int, inout SeededGenerator) -> Double?
    ) {
        testDescription = name
        var generator = SeededGenerator(
            seed: UInt64(name.utf8.reduce(7) { $0 * 31 % 1_000_003 + Int($1) })
        )
        var values = IndicatorValues(classes: classes, intervals: intervals, dimensions: dimensions)
        for locale in classes.indices {
            for interval in 0..<intervals {
                for dimension in 0..<dimensions {
                    guard let value = value(locale, interval, dimension, &generator) else {
                        continue
                    }
                    values.insert(value, locale: locale, interval: interval, dimension: dimension)
                }
            }
        }
        self.values = values
    }

    /// Fills an indicator of one class.
    init(
        _ name: String,
        locales: Int,
        intervals: Int,
        dimensions: Int,
        value: (Int, Int, Int, inout SeededGenerator) -> Double?
    ) {
        let classes = Array(repeating: 0, count: locales)
        self.init(
            name,
            classes: classes,
            intervals: intervals,
            dimensions: dimensions,
            value: value
        )
    }

    static let all: [SampleIndicator] = [
        random("complete", locales: 13, intervals: 9, dimensions: 3, missing: 0),
        random("one cell in ten missing", locales: 22, intervals: 15, dimensions: 4, missing: 0.1),
        random("more locales than a tile", locales: 75, intervals: 6, dimensions: 2, missing: 0.1),
        SampleIndicator("many equal distances", locales: 90, intervals: 6, dimensions: 1) {
            $3.unit() * 0 + Double(($0 * 7 + $1) % 3)
        },
        random("most cells missing", locales: 18, intervals: 12, dimensions: 3, missing: 0.7),
        random("one locale", locales: 1, intervals: 7, dimensions: 2, missing: 0),
        random("two locales", locales: 2, intervals: 8, dimensions: 2, missing: 0),
        random("one interval", locales: 9, intervals: 1, dimensions: 5, missing: 0.2),
        random(
            "one dimension, long series",
            locales: 10,
            intervals: 50,
            dimensions: 1,
            missing: 0.1
        ),
        random("more than 64 intervals", locales: 6, intervals: 70, dimensions: 2, missing: 0.3),
        random("more than 64 dimensions", locales: 5, intervals: 6, dimensions: 67, missing: 0.4),
        random("exactly four intervals", locales: 7, intervals: 4, dimensions: 2, missing: 0),
        random("exactly five intervals", locales: 7, intervals: 5, dimensions: 2, missing: 0),
        SampleIndicator(
            "classes that alternate",
            classes: [0, 1, 0, 2, 1, 0, 1, 0, 0, 1, 0],
            intervals: 6,
            dimensions: 2
        ) {
            $3.next(below: 8) == 0 ? nil : Double($0 + $1 + $2) + $3.unit()
        },
        SampleIndicator("no overlap", locales: 6, intervals: 12, dimensions: 2) {
            $0 % 2 == $1 % 2 ? $3.unit() : nil
        },
        SampleIndicator("four and five common intervals", locales: 8, intervals: 12, dimensions: 2)
        {
            (($0 % 4)..<($0 % 4 + 8)).contains($1) ? $3.unit() : nil
        },
        SampleIndicator("constant series", locales: 7, intervals: 8, dimensions: 2) {
            $0 < 3 ? 0.1 : $3.unit()
        },
        SampleIndicator("all values alike", locales: 5, intervals: 8, dimensions: 2) { _, _, _, _ in
            0.1
        },
        SampleIndicator(
            "series far apart that hardly move",
            locales: 9,
            intervals: 10,
            dimensions: 2
        ) {
            Double($0) * 1_000 + Double($1) * 0.001 + $3.unit() * 0.000_1
        },
        SampleIndicator(
            "series whose common part is flat",
            locales: 9,
            intervals: 14,
            dimensions: 1
        ) {
            $1 < 7 ? 50 + $3.unit() * 1e-4 : $0 % 2 == 0 ? 1e6 * $3.unit() : nil
        },
        SampleIndicator("huge values", locales: 6, intervals: 7, dimensions: 2) {
            ($3.unit() - 0.5) * 1.7e308 * ($0 % 2 == 0 ? 1 : 2)
        },
        SampleIndicator("tiny values", locales: 6, intervals: 7, dimensions: 2) {
            ($3.unit() - 0.5) * 1e-150
        },
        SampleIndicator("denormal values", locales: 6, intervals: 7, dimensions: 2) {
            Double.leastNonzeroMagnitude * Double($3.next(below: 1_000))
        },
        SampleIndicator("huge beside tiny", locales: 6, intervals: 7, dimensions: 2) {
            $0 == 0 ? 1e300 : $3.unit() * 1e-300
        },
        SampleIndicator("identical places", locales: 6, intervals: 7, dimensions: 2) {
            $3.unit() * 0 + Double($1 * 3 + $2) + Double($0 / 2)
        },
    ]

    static func random(
        _ name: String,
        locales: Int,
        intervals: Int,
        dimensions: Int,
        missing: Double
    ) -> SampleIndicator {
        SampleIndicator(
            name,
            classes: Array(repeating: 0, count: locales),
            intervals: intervals,
            dimensions: dimensions
        ) { _, _, _, generator in
            generator.unit() < missing ? nil : generator.unit() * 100
        }
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below 1.
    mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }

    mutating func next(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
