/// The bytes that give JSON its structure.
///
/// Source: RFC 8259, section 2.
enum JSONMark {
    static let openObject = UInt8(ascii: "{")
    static let closeObject = UInt8(ascii: "}")
    static let openArray = UInt8(ascii: "[")
    static let closeArray = UInt8(ascii: "]")
    static let comma = UInt8(ascii: ",")
    static let backslash = UInt8(ascii: "\\")
    static let tab = UInt8(ascii: "\t")

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == Mark.space || byte == tab || Mark.isLineBreak(byte)
    }

    /// The next place where something other than plain text may stand, or the end.
    ///
    /// Inside a string that is a quote, a backslash or a line break, elsewhere a quote, a bracket or
    /// a line break. Some other bytes are given too (control characters, `Y`, `_`), so the caller
    /// must look.
    @inline(__always)
    static func next(in span: RawSpan, from start: Int, inString: Bool) -> Int {
        let other = repeated(inString ? backslash : 0x59)
        // Brackets differ in three bits only; without these all four are 0x59.
        let otherMask = repeated(inString ? 0xFF : 0xD9)
        var index = start
        while index + 8 <= span.byteCount {
            let word = unsafe span.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let found =
                places(of: repeated(Mark.quote), in: word)
                | places(of: other, in: word & otherMask)
                | places(of: repeated(0x08), in: word & repeated(0xF8))
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        // The last bytes are few: the caller looks at each.
        return index
    }

    @inline(__always)
    private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bits of the bytes of `word` that are those of `pattern`; bits above the lowest may be
    /// set without cause.
    ///
    /// Source: S. E. Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero byte".
    @inline(__always)
    private static func places(of pattern: UInt64, in word: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- repeated(0x01)) & ~difference & repeated(0x80)
    }
}

/// The brackets that wait for their closing ones, a bit each.
struct OpenBrackets: Sendable {
    /// Whether none is open.
    var isEmpty: Bool { depth == 0 }

    private var depth = 0
    // The kinds of the innermost ones, 1 for an array; outer ones are kept in words of 64.
    private var kinds: UInt64 = 0
    private var outer: [UInt64] = []

    /// Opens a bracket.
    @inline(__always)
    mutating func push(_ bracket: UInt8) {
        if depth > 0, depth & 63 == 0 {
            outer.append(kinds)
            kinds = 0
        }
        kinds = kinds << 1 | (bracket == JSONMark.openArray ? 1 : 0)
        depth += 1
    }

    /// Closes the innermost bracket; false if it is of another kind, or none is open.
    @inline(__always)
    mutating func pop(_ bracket: UInt8) -> Bool {
        guard depth > 0, (kinds & 1 == 1) == (bracket == JSONMark.closeArray) else { return false }
        kinds >>= 1
        depth -= 1
        if depth > 0, depth & 63 == 0 { kinds = outer.popLast() ?? 0 }
        return true
    }
}

extension JSONLines {
    /// Appends a part of `span`.
    @inline(__always)
    mutating func append(_ span: RawSpan, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        unsafe span.withUnsafeBytes {
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range]))
        }
    }
}
