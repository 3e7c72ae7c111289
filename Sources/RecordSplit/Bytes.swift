import Glibc

/// The bytes with a meaning in delimited text.
enum Mark {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "\"")
    static let space = UInt8(ascii: " ")
    /// Occurs nowhere in UTF-8, so nothing is ever separated by it.
    static let none: UInt8 = 0xFF

    static func isLineBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }
}

extension UnsafeRawBufferPointer {
    /// The first place of `byte` in `start..<end`, or `end`.
    ///
    /// See memchr(3).
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int {
        guard start < end, let base = baseAddress else { return end }
        guard let found = unsafe memchr(base + start, Int32(byte), end - start) else { return end }
        return unsafe UnsafeRawPointer(found) - base
    }

    /// A vector of the 16 bytes at `index`, which must all be inside.
    @inline(__always)
    func vector(at index: Int) -> SIMD16<UInt8> {
        unsafe loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
    }
}

/// What a stretch of bytes holds, quotes not regarded.
struct Tally {
    /// Line breaks: LF, CRLF or CR, each one line.
    var lines = 0
    /// Lines that end in the stretch and are not blank.
    var records = 0
    /// Delimiters.
    var delimiters = 0

    /// Counts in `range`; `previous` is the byte before it.
    ///
    /// A line break is the end of a record exactly if no other line break stands before it, and the
    /// second half of CRLF exactly if it is an LF behind a CR; so a byte and the one before it tell
    /// everything.
    @inline(__always)
    mutating func add(
        _ bytes: UnsafeRawBufferPointer,
        in range: Range<Int>,
        previous: UInt8,
        delimiter: UInt8
    ) {
        var index = range.lowerBound
        guard index < range.upperBound else { return }
        add(unsafe bytes[index], after: previous, delimiter: delimiter)
        index += 1
        while index + 16 <= range.upperBound {
            // A counter of one byte holds 255 vectors.
            let vectors = min((range.upperBound - index) / 16, 255)
            unsafe addVectors(bytes, at: index, count: vectors, delimiter: delimiter)
            index += vectors * 16
        }
        while index < range.upperBound {
            unsafe add(bytes[index], after: bytes[index - 1], delimiter: delimiter)
            index += 1
        }
    }

    @inline(__always)
    private mutating func add(_ byte: UInt8, after previous: UInt8, delimiter: UInt8) {
        if byte == delimiter { delimiters += 1 }
        guard Mark.isLineBreak(byte) else { return }
        if !(byte == Mark.lineFeed && previous == Mark.carriageReturn) { lines += 1 }
        if !Mark.isLineBreak(previous) { records += 1 }
    }

    @inline(__always)
    private mutating func addVectors(
        _ bytes: UnsafeRawBufferPointer,
        at start: Int,
        count: Int,
        delimiter: UInt8
    ) {
        let lineFeed = SIMD16(repeating: Mark.lineFeed)
        let carriageReturn = SIMD16(repeating: Mark.carriageReturn)
        let separator = SIMD16(repeating: delimiter)
        let zero = SIMD16<UInt8>()
        var breaks = zero
        var pairs = zero
        var ends = zero
        var separators = zero
        for index in stride(from: start, to: start + count * 16, by: 16) {
            let here = unsafe bytes.vector(at: index)
            let before = unsafe bytes.vector(at: index - 1)
            let feeds = here .== lineFeed
            let returnsBefore = before .== carriageReturn
            let isBreak = feeds .| (here .== carriageReturn)
            let wasBreak = returnsBefore .| (before .== lineFeed)
            breaks &+= zero.replacing(with: 1, where: isBreak)
            pairs &+= zero.replacing(with: 1, where: feeds .& returnsBefore)
            ends &+= zero.replacing(with: 1, where: isBreak .& .!wasBreak)
            separators &+= zero.replacing(with: 1, where: here .== separator)
        }
        lines += Self.sum(breaks) - Self.sum(pairs)
        records += Self.sum(ends)
        delimiters += Self.sum(separators)
    }

    @inline(__always)
    private static func sum(_ counters: SIMD16<UInt8>) -> Int {
        Int(SIMD16<UInt16>(truncatingIfNeeded: counters).wrappedSum())
    }
}
