/// Parquet's hybrid of run lengths and packed bits, for codes and levels.
///
/// A run is found where groups of eight begin: one of 15 values always, a shorter one by luck.
enum HybridEncoding {
    typealias Values = UnsafePointer<UInt32>

    /// How many bits the values up to a greatest one take.
    static func width(of greatest: Int) -> Int { Int.bitWidth - greatest.leadingZeroBitCount }

    /// Puts the values behind the end of a buffer, without their number.
    static func append(_ values: Values, count: Int, width: Int, to buffer: ByteBuffer) {
        // A group takes at most its bits, or a value of 4 bytes, and a number of runs or groups.
        let start = buffer.room(for: (count / 8 + 2) * (width + 6) + 16)
        var output = start
        var next = 0
        while next < count {
            var end = next
            while end + 8 <= count, end - next < literalLimit, !isRun(values + end) { end += 8 }
            if end > next {
                output = number(UInt64((end - next) / 8) << 1 | 1, output)
                output = pack(values + next, count: end - next, width: width, output)
            } else if next + 8 <= count {
                end = endOfRun(values, from: next, count: count)
                output = run(values[next], length: end - next, width: width, output)
            } else {
                end = count
                output = tail(values + next, count: end - next, width: width, output)
            }
            next = end
        }
        buffer.advance(by: output - start)
    }

    private static let literalLimit = 8192

    private static func isRun(_ values: Values) -> Bool {
        let group = UnsafeRawPointer(values).loadUnaligned(as: SIMD8<UInt32>.self)
        return group == SIMD8(repeating: group[0])
    }

    private static func endOfRun(_ values: Values, from start: Int, count: Int) -> Int {
        var end = start + 8
        let value = SIMD8(repeating: values[start])
        while end + 8 <= count,
            UnsafeRawPointer(values + end).loadUnaligned(as: SIMD8<UInt32>.self) == value
        { end += 8 }
        while end < count, values[end] == values[start] { end += 1 }
        return end
    }

    /// The last values, fewer than eight: a run, or a group filled up with zeros.
    private static func tail(
        _ values: Values,
        count: Int,
        width: Int,
        _ output: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if (1..<count).allSatisfy({ values[$0] == values[0] }) {
            return run(values[0], length: count, width: width, output)
        }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { group in
            for index in 0..<8 { group[index] = index < count ? values[index] : 0 }
            guard let start = group.baseAddress else { return output }
            return pack(start, count: 8, width: width, number(1 << 1 | 1, output))
        }
    }

    private static func run(
        _ value: UInt32,
        length: Int,
        width: Int,
        _ output: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let place = number(UInt64(length) << 1, output)
        place.storeBytes(of: value.littleEndian, as: UInt32.self)
        return place + (width + 7) / 8
    }

    private static func number(
        _ value: UInt64,
        _ output: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var rest = value
        var place = output
        while rest >= 0x80 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest >>= 7
            place += 1
        }
        place.storeBytes(of: UInt8(rest), as: UInt8.self)
        return place + 1
    }

    /// Packs whole groups of eight; may write up to eight bytes behind what it fills.
    private static func pack(
        _ values: Values,
        count: Int,
        width: Int,
        _ output: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let shift = UInt64(width)
        var place = output
        var next = 0
        if width <= 16 {
            while next < count {
                let low = four(values + next, shift)
                let high = four(values + next + 4, shift)
                // Of the eight values' bits the first 64 at most, then the others.
                let first = low | high << (4 * shift)
                let second = width > 8 ? high >> (64 - 4 * shift) : 0
                place.storeBytes(of: first.littleEndian, as: UInt64.self)
                (place + 8).storeBytes(of: second.littleEndian, as: UInt64.self)
                place += width
                next += 8
            }
            return place
        }
        while next < count {
            var bits: UInt64 = 0
            var filled: UInt64 = 0
            for index in next..<(next + 8) {
                bits |= UInt64(values[index]) << filled
                filled += shift
                if filled >= 32 {
                    place.storeBytes(
                        of: UInt32(truncatingIfNeeded: bits).littleEndian,
                        as: UInt32.self
                    )
                    place += 4
                    bits >>= 32
                    filled -= 32
                }
            }
            place.storeBytes(of: UInt32(truncatingIfNeeded: bits).littleEndian, as: UInt32.self)
            place += Int(filled / 8)
            next += 8
        }
        return place
    }

    private static func four(_ values: Values, _ shift: UInt64) -> UInt64 {
        UInt64(values[0]) | UInt64(values[1]) &<< shift | UInt64(values[2]) &<< (2 * shift)
            | UInt64(values[3]) &<< (3 * shift)
    }
}
