/// Why bytes are no text; `offset` counts from the first byte checked.
public enum TextFlaw: Error, Equatable, Sendable {
    /// A byte that cannot stand there in UTF-8, or the first one of a character cut off by the end.
    case notUTF8(offset: Int)
    /// A byte 0, which text files do not hold and binary ones do.
    case binary(offset: Int)

    /// Where the flaw is.
    public var offset: Int {
        switch self {
        case .notUTF8(let offset), .binary(let offset): offset
        }
    }
}

/// Checks that bytes are UTF-8 without byte 0, in one pass and in any pieces.
///
/// Overlong forms, surrogates and values above U+10FFFF are no UTF-8. Source: The Unicode Standard,
/// table 3-7, "Well-Formed UTF-8 Byte Sequences".
public struct TextCheck: Sendable {
    private var passed = 0
    // Continuation bytes still due, what the next of them may be, and where the character began.
    private var due = 0
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF
    private var characterStart = 0

    /// Begins at the start of a text.
    public init() {}

    /// Takes the next bytes.
    public mutating func scan(_ bytes: RawSpan) throws(TextFlaw) {
        var flaw: TextFlaw?
        unsafe bytes.withUnsafeBytes { flaw = unsafe scan($0) }
        if let flaw { throw flaw }
        passed += bytes.byteCount
    }

    /// Says that no more bytes come.
    public func finish() throws(TextFlaw) {
        if due > 0 { throw .notUTF8(offset: characterStart) }
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer) -> TextFlaw? {
        var index = 0
        while index < bytes.count {
            if due == 0 {
                index = unsafe Self.plainEnd(bytes, from: index)
                index = unsafe Self.wholeEnd(bytes, from: index)
                guard index < bytes.count else { return nil }
            }
            let byte = unsafe bytes[index]
            if due > 0 {
                guard allowed.contains(byte) else { return .notUTF8(offset: characterStart) }
                due -= 1
                allowed = 0x80...0xBF
            } else if byte == 0 {
                return .binary(offset: passed + index)
            } else if byte >= 0x80 {
                characterStart = passed + index
                guard begin(with: byte) else { return .notUTF8(offset: characterStart) }
            }
            index += 1
        }
        return nil
    }

    /// Passes the next few characters that are whole, well-formed and of at most three bytes.
    @inline(__always)
    private static func wholeEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let end = min(start + 64, bytes.count - 3)
        while index < end {
            let first = unsafe bytes[index]
            if first &- 1 < 0x7F {
                index += 1
                continue
            }
            let second = unsafe bytes[index + 1]
            guard second & 0xC0 == 0x80 else { break }
            if first &- 0xC2 < 0x1E {
                index += 2
                continue
            }
            // E0 and ED restrict the second byte; they take the careful way.
            let third = unsafe bytes[index + 2]
            guard first & 0xF0 == 0xE0, first != 0xE0, first != 0xED, third & 0xC0 == 0x80 else {
                break
            }
            index += 3
        }
        return index
    }

    @inline(__always)
    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: due = 1
        case 0xE0...0xEF: due = 2
        case 0xF0...0xF4: due = 3
        default: return false
        }
        switch byte {
        case 0xE0: allowed = 0xA0...0xBF
        case 0xED: allowed = 0x80...0x9F
        case 0xF0: allowed = 0x90...0xBF
        case 0xF4: allowed = 0x80...0x8F
        default: break
        }
        return true
    }

    /// The first place from which on something is not plain ASCII or near the end.
    @inline(__always)
    private static func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let zero = SIMD16<UInt8>()
        let high = SIMD16<UInt8>(repeating: 0x80)
        while index + 64 <= bytes.count {
            let first = unsafe bytes.vector(at: index)
            let second = unsafe bytes.vector(at: index + 16)
            let third = unsafe bytes.vector(at: index + 32)
            let fourth = unsafe bytes.vector(at: index + 48)
            // `min` shows a zero, `or` a high bit; one comparison finds either.
            let least = pointwiseMin(pointwiseMin(first, second), pointwiseMin(third, fourth))
            let union = first | second | third | fourth
            let odd = (least .== zero) .| ((union & high) .!= zero)
            if any(odd) { break }
            index += 64
        }
        return index
    }
}
