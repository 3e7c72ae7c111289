/// UTF-16 to UTF-8, in one pass and in any pieces.
public struct UTF16Transcoder: Sendable {
    /// The order of a unit's two bytes.
    public enum ByteOrder: Sendable {
        /// The low byte first.
        case littleEndian
        /// The high byte first.
        case bigEndian
    }

    /// Why bytes are not UTF-16: half a unit or half of a surrogate pair at this offset.
    public struct Flaw: Error, Equatable, Sendable {
        /// Counted from the first byte given.
        public let offset: Int
    }

    private let order: ByteOrder
    private var passed = 0
    private var half: UInt8?
    private var leading: UInt16?

    /// Begins behind the byte-order mark.
    public init(_ order: ByteOrder) { self.order = order }

    /// Takes the next bytes and appends their text to `output`, at most three bytes for two.
    public mutating func scan(_ bytes: RawSpan, into output: inout [UInt8]) throws(Flaw) {
        output.reserveCapacity(output.count + bytes.byteCount / 2 * 3 + 4)
        var index = 0
        if let first = half, bytes.byteCount > 0 {
            half = nil
            try append(unit(first, bytes.byte(0)), at: passed - 1, to: &output)
            index = 1
        }
        while index + 1 < bytes.byteCount {
            let unit = unit(bytes.byte(index), bytes.byte(index + 1))
            if unit < 0x80, leading == nil {
                output.append(UInt8(truncatingIfNeeded: unit))
            } else {
                try append(unit, at: passed + index, to: &output)
            }
            index += 2
        }
        if index < bytes.byteCount { half = bytes.byte(index) }
        passed += bytes.byteCount
    }

    /// Says that no more bytes come.
    public func finish() throws(Flaw) {
        if half != nil { throw Flaw(offset: passed - 1) }
        if leading != nil { throw Flaw(offset: passed - 2) }
    }

    @inline(__always)
    private func unit(_ first: UInt8, _ second: UInt8) -> UInt16 {
        order == .littleEndian
            ? UInt16(second) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(second)
    }

    private mutating func append(
        _ unit: UInt16,
        at offset: Int,
        to output: inout [UInt8]
    ) throws(Flaw) {
        let value: UInt32
        if let high = leading {
            guard UTF16.isTrailSurrogate(unit) else { throw Flaw(offset: offset - 2) }
            leading = nil
            value = 0x1_0000 + (UInt32(high) & 0x3FF) << 10 + UInt32(unit) & 0x3FF
        } else if UTF16.isLeadSurrogate(unit) {
            leading = unit
            return
        } else if UTF16.isTrailSurrogate(unit) {
            throw Flaw(offset: offset)
        } else {
            value = UInt32(unit)
        }
        guard let scalar = UnicodeScalar(value) else { throw Flaw(offset: offset) }
        output += UTF8.encode(scalar) ?? .init()
    }
}
