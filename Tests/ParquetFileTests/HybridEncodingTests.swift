import TestSupport
import Testing

@testable import ParquetFile

@Suite("The encoding of codes")
struct HybridEncodingTests {
    @Test("is undone by a plain decoder, for every width", arguments: 0...32)
    func everyWidth(width: Int) throws {
        var random = SeededGenerator(seed: UInt64(width))
        let greatest = UInt32(truncatingIfNeeded: (1 << width) - 1)
        for longest in [1, 3, 12, 40, 9000] {
            var values: [UInt32] = []
            let count = Int.random(in: 1...20_000, using: &random)
            while values.count < count {
                let run = Int.random(in: 1...longest, using: &random)
                let value = UInt32.random(in: 0...greatest, using: &random)
                values.append(
                    contentsOf: repeatElement(value, count: min(run, count - values.count))
                )
            }
            let encoded = Self.encoded(values, width: width)
            let decoded = Self.decoded(encoded, count: count, width: width)
            let first = zip(decoded, values).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(decoded.count == count)
            #expect(first == nil, "\(String(describing: first))")
        }
    }

    @Test("makes one run of equal values")
    func oneRun() {
        // 300 in seven bits each, doubled because it is a run, and the value in two bytes.
        #expect(Self.encoded(.init(repeating: 513, count: 300), width: 10) == [0xD8, 4, 1, 2])
        #expect(Self.encoded([3, 3, 3], width: 2) == [6, 3])
    }

    @Test("packs a group of eight from the lowest bit on")
    func oneGroup() {
        // The example of the format's description.
        #expect(Self.encoded([0, 1, 2, 3, 4, 5, 6, 7], width: 3) == [3, 0x88, 0xC6, 0xFA])
    }

    @Test("takes the bits of the greatest value")
    func widths() {
        #expect([0, 1, 2, 3, 4, 255, 256].map(HybridEncoding.width) == [0, 1, 2, 2, 3, 8, 9])
    }

    private static func encoded(_ values: [UInt32], width: Int) -> [UInt8] {
        let buffer = ByteBuffer(capacity: 0)
        values.withUnsafeBufferPointer {
            guard let start = $0.baseAddress else { return }
            HybridEncoding.append(start, count: $0.count, width: width, to: buffer)
        }
        return buffer.withBytes { Array($0) }
    }

    /// The values bit by bit; fewer than asked for if the bytes end too early.
    private static func decoded(_ bytes: [UInt8], count: Int, width: Int) -> [UInt32] {
        var rest = bytes[...]
        var values: [UInt32] = []
        while values.count < count, !rest.isEmpty {
            var header = 0
            var shift = 0
            while let byte = rest.popFirst() {
                header |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            if header & 1 == 0 {
                let value = rest.prefix((width + 7) / 8).reversed().reduce(0) {
                    $0 << 8 | UInt32($1)
                }
                rest = rest.dropFirst((width + 7) / 8)
                values.append(contentsOf: repeatElement(value, count: header >> 1))
            } else {
                let packed = Array(rest.prefix((header >> 1) * width))
                guard packed.count == (header >> 1) * width else { return values }
                rest = rest.dropFirst(packed.count)
                for index in 0..<(header >> 1) * 8 {
                    var value: UInt32 = 0
                    for bit in 0..<width {
                        let place = index * width + bit
                        value |= UInt32(packed[place / 8] >> UInt8(place % 8) & 1) << UInt32(bit)
                    }
                    values.append(value)
                }
            }
        }
        // The last group may be filled up with zeros.
        return values.count - count < 8 ? Array(values.prefix(count)) : values
    }
}
