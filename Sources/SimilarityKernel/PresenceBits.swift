/// Which cells each locale has, as bits: what two locales have in common is an `and`.
final class PresenceBits: Sendable {
    private let shape: IndicatorShape
    /// Whether a word holds all intervals, and another all dimensions: mostly so, and faster.
    let isNarrow: Bool
    /// Words of a locale.
    private let length: Int
    /// Locale by locale, dimension by dimension, one bit for each interval.
    // Written by the initializer only.
    nonisolated(unsafe) private let bits: UnsafeMutablePointer<UInt64>

    init(_ scores: ZScores) {
        shape = scores.shape
        let words = shape.intervalWords
        isNarrow = words == 1 && shape.dimensionWords == 1
        length = shape.dimensions * words
        bits = .allocate(capacity: max(1, shape.locales * length))
        bits.initialize(repeating: 0, count: max(1, shape.locales * length))
        for locale in 0..<shape.locales {
            scores.withSeries(of: locale) { series in
                for dimension in 0..<shape.dimensions {
                    let first = (locale * shape.dimensions + dimension) * words
                    for interval in 0..<shape.intervals
                    where !series[shape.cell(interval: interval, dimension: dimension)].isNaN {
                        bits[first + interval / 64] |= 1 << UInt64(interval % 64)
                    }
                }
            }
        }
    }

    deinit { bits.deallocate() }

    /// The intervals and the dimensions in which two locales have a common cell, where all of them
    /// fit into a word.
    @inline(__always)
    func narrowCommon(_ first: Int, _ second: Int) -> (intervals: UInt64, dimensions: UInt64) {
        let a = bits + first &* length
        let b = bits + second &* length
        var intervals: UInt64 = 0
        var dimensions: UInt64 = 0
        for dimension in 0..<length {
            let common = a[dimension] & b[dimension]
            intervals |= common
            dimensions |= (common == 0 ? 0 : 1) << UInt64(truncatingIfNeeded: dimension)
        }
        return (intervals, dimensions)
    }

    /// In how many intervals and in how many dimensions two locales have a common cell.
    @inline(__always)
    func commonCounts(_ first: Int, _ second: Int) -> (intervals: Int, dimensions: Int) {
        guard !isNarrow else {
            let common = narrowCommon(first, second)
            return (common.intervals.nonzeroBitCount, common.dimensions.nonzeroBitCount)
        }
        return wideCommonCounts(first, second)
    }

    private func wideCommonCounts(
        _ first: Int,
        _ second: Int
    ) -> (intervals: Int, dimensions: Int) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.intervalWords) {
            intervals in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.dimensionWords) {
                dimensions in
                common(first, second, intervals: intervals, dimensions: dimensions)
                return (
                    intervals.reduce(0) { $0 + $1.nonzeroBitCount },
                    dimensions.reduce(0) { $0 + $1.nonzeroBitCount }
                )
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
        var a = bits + first * length
        var b = bits + second * length
        for dimension in 0..<shape.dimensions {
            var any: UInt64 = 0
            for word in 0..<words {
                let common = a[word] & b[word]
                intervals[word] |= common
                any |= common
            }
            a += words
            b += words
            if any != 0 { dimensions[dimension / 64] |= 1 << UInt64(dimension % 64) }
        }
    }

    /// The intervals in which a locale has any cell, ascending.
    func intervals(of locale: Int) -> [Int] {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: shape.intervalWords) { own in
            commonIntervals(locale, locale, into: own)
            return (0..<shape.intervals).filter { own[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
        }
    }

    /// Sets the bits of the intervals in which two locales have a common cell.
    func commonIntervals(
        _ first: Int,
        _ second: Int,
        into intervals: UnsafeMutableBufferPointer<UInt64>
    ) {
        intervals.update(repeating: 0)
        for index in 0..<length {
            intervals[index % shape.intervalWords] |=
                bits[first * length + index] & bits[second * length + index]
        }
    }
}
