/// Finds where records of delimited text end, and counts them, in one pass and in any pieces.
///
/// A record ends at LF, CRLF or CR outside quotes. A quote opens a field only at its beginning or
/// behind one single space there; elsewhere it is text (`5" pipe`). Inside quotes `""` is one quote
/// and line breaks are text. Blank lines (nothing before the line break) are no records. This is
/// what DuckDB's `read_csv` reads with `strict_mode = false`, `new_line = '\n'`,
/// `quote = escape = '"'`, except that it lets pass a field too many if that is empty, text between
/// a closing quote and the delimiter, and a quote that never closes, and that it takes a blank line
/// of a table with one column for a null: ``fields``, ``defects``, ``isInsideQuotes`` and
/// ``records`` tell these cases apart. RFC 4180, section 2, is the base.
public struct RecordScanner: Sendable {
    private enum State: UInt8 {
        /// Outside quotes.
        case text
        /// Inside quotes.
        case quoted
        /// Behind a quote inside quotes: the next byte tells whether it closes.
        case quoteSeen
        /// Behind a closing quote, with nothing but spaces since.
        case closed
    }

    /// Complete records so far; the last one counts once its line break or ``finish()`` came.
    public private(set) var records = 0
    /// Line breaks so far, also those in quotes.
    public private(set) var lines = 0
    /// Fields with text between the closing quote and the next delimiter.
    public private(set) var defects = 0

    private let delimiter: UInt8
    private let quoting: Bool
    private var delimiters = 0
    private var state = State.text
    // The last two bytes; the text begins as if a line had just ended.
    private var previous = Mark.lineFeed
    private var beforePrevious = Mark.lineFeed
    private var awaitsLineFeed = false

    /// Scans fields separated by an ASCII `delimiter`.
    public init(delimiter: UInt8) {
        self.delimiter = delimiter
        quoting = true
    }

    private init() {
        delimiter = Mark.none
        quoting = false
    }

    /// Scans lines in which quotes have no meaning, such as JSON lines.
    public static var lines: RecordScanner { RecordScanner() }

    /// The fields of all complete records together.
    ///
    /// Records that have `n` fields at least have exactly `n` if this is `n * records`.
    public var fields: Int { delimiters + records }

    /// Whether the bytes so far end within quotes that have not closed.
    public var isInsideQuotes: Bool { state == .quoted }

    /// Whether the bytes so far end with a complete record, a blank line, or nothing came yet.
    public var isAtRecordEnd: Bool { state == .text && Mark.isLineBreak(previous) }

    /// Takes all of `bytes`.
    public mutating func scan(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { _ = unsafe scan($0, from: 0, stopping: false) }
    }

    /// Takes `bytes` from `start` up to and with the next end of a record or blank line.
    ///
    /// - Returns: The place behind the line break. Nil if none is found before the end of `bytes`,
    ///   which are all taken then; so is a CR at the very end, whose LF may still come: the next
    ///   call says whether it did.
    public mutating func scanRecord(_ bytes: RawSpan, from start: Int = 0) -> Int? {
        unsafe bytes.withUnsafeBytes { unsafe scan($0, from: start, stopping: true) }
    }

    /// Says that no more bytes come: what stands behind the last line break is a record too.
    public mutating func finish() {
        if !isAtRecordEnd { records += 1 }
        if state != .quoted { state = .text }
        previous = Mark.lineFeed
    }

    private mutating func scan(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        stopping: Bool
    ) -> Int? {
        guard start < bytes.count else { return nil }
        var index = start
        if awaitsLineFeed {
            awaitsLineFeed = false
            if stopping {
                guard unsafe bytes[index] == Mark.lineFeed else { return index }
                remember(Mark.lineFeed)
                return index + 1
            }
        }
        while index < bytes.count {
            switch state {
            case .text:
                let stop =
                    stopping ? unsafe lineEnd(bytes, from: index) : (bytes.count, bytes.count)
                let quote = unsafe openingQuote(bytes, from: index, to: stop.0)
                let end = quote < stop.0 ? quote : stop.1
                unsafe take(bytes, index..<end)
                index = end
                if quote < stop.0 {
                    remember(Mark.quote)
                    state = .quoted
                    index += 1
                } else if stop.0 < stop.1 {
                    guard index == bytes.count, previous == Mark.carriageReturn else {
                        return index
                    }
                    awaitsLineFeed = true
                }
            case .quoted:
                let quote = unsafe bytes.firstIndex(of: Mark.quote, from: index, to: bytes.count)
                unsafe takeQuoted(bytes, index..<quote)
                index = quote
                if quote < bytes.count {
                    remember(Mark.quote)
                    state = .quoteSeen
                    index += 1
                }
            case .quoteSeen:
                if unsafe bytes[index] == Mark.quote {
                    remember(Mark.quote)
                    state = .quoted
                    index += 1
                } else {
                    state = .closed
                }
            case .closed:
                let byte = unsafe bytes[index]
                if byte == Mark.space {
                    remember(byte)
                    index += 1
                } else {
                    if byte != delimiter, !Mark.isLineBreak(byte) { defects += 1 }
                    state = .text
                }
            }
        }
        return nil
    }

    /// The first line break and the place behind it; twice the end if there is none.
    private func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (Int, Int) {
        var start = start
        // Windows keep the search for one kind of line break from running far beyond the other.
        var window = 256
        while start < bytes.count {
            let end = min(start + window, bytes.count)
            let feed = unsafe bytes.firstIndex(of: Mark.lineFeed, from: start, to: end)
            let place = unsafe bytes.firstIndex(of: Mark.carriageReturn, from: start, to: feed)
            if place < end {
                let isPair =
                    place < feed && place + 1 < bytes.count
                    && (unsafe bytes[place + 1]) == Mark.lineFeed
                return (place, isPair ? place + 2 : place + 1)
            }
            start = end
            window *= 2
        }
        return (bytes.count, bytes.count)
    }

    /// The first quote that opens a field, or `end`.
    @inline(__always)
    private func openingQuote(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        to end: Int
    ) -> Int {
        guard quoting else { return end }
        var index = start
        while true {
            index = unsafe bytes.firstIndex(of: Mark.quote, from: index, to: end)
            guard index < end else { return end }
            let last = index > start ? unsafe bytes[index - 1] : previous
            if beginsField(after: last) { return index }
            if last == Mark.space {
                let earlier =
                    index > start + 1
                    ? unsafe bytes[index - 2] : index > start ? previous : beforePrevious
                if beginsField(after: earlier) { return index }
            }
            index += 1
        }
    }

    @inline(__always)
    private func beginsField(after byte: UInt8) -> Bool {
        byte == delimiter || Mark.isLineBreak(byte)
    }

    @inline(__always)
    private mutating func take(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var tally = Tally()
        unsafe tally.add(bytes, in: range, previous: previous, delimiter: delimiter)
        lines += tally.lines
        records += tally.records
        delimiters += tally.delimiters
        unsafe remember(bytes, range)
    }

    @inline(__always)
    private mutating func takeQuoted(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var tally = Tally()
        unsafe tally.add(bytes, in: range, previous: previous, delimiter: Mark.none)
        lines += tally.lines
        unsafe remember(bytes, range)
    }

    @inline(__always)
    private mutating func remember(_ byte: UInt8) {
        beforePrevious = previous
        previous = byte
    }

    @inline(__always)
    private mutating func remember(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        if range.count > 1 { remember(unsafe bytes[range.upperBound - 2]) }
        if !range.isEmpty { remember(unsafe bytes[range.upperBound - 1]) }
    }
}
