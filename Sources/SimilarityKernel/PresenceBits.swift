/// Which cells each locale has, as bits: what two locales have in common is an `and`.
struct PresenceBits: Sendable {
    private let shape: IndicatorShape
    /// Locale by locale, dimension by dimension, one bit for each interval.
    private var bits: [UInt64]

    init(_ scores: ZScores) {
        shape = scores.shape
        let words = shape.intervalWords
        bits = Array(repeating: 0, count: shape.locales * shape.dimensions * words)
        for locale in 0..<shape.locales {
            for (cell, score) in scores.series(of: locale).enumerated() where !score.isNaN {
                let (dimension, interval) = cell.quotientAndRemainder(dividingBy: shape.intervals)
                bits[(locale * shape.dimensions + dimension) * words + interval / 64] |=
                    1 << UInt64(interval % 64)
            }
        }
    }

    /// Sets, in buffers of the right length, the bits of the intervals and of the dimensions in
    /// which two locales have a common cell.
    func common(
        _ first: Int,
        _ second: Int,
        intervals: UnsafeMutableBufferPointer<UInt64>,
        dimensions: UnsafeMutableBufferPointer<UInt64>
    ) {
        let words = shape.intervalWords
        intervals.update(repeating: 0)
        dimensions.update(repeating: 0)
        bits.withUnsafeBufferPointer { bits in
            var a = first * shape.dimensions * words
            var b = second * shape.dimensions * words
            for dimension in 0..<shape.dimensions {
                var any: UInt64 = 0
                for word in 0..<words {
                    let common = bits[a] & bits[b]
                    intervals[word] |= common
                    any |= common
                    a += 1
                    b += 1
                }
                if any != 0 { dimensions[dimension / 64] |= 1 << UInt64(dimension % 64) }
            }
        }
    }
}
