/// The scalar types that text can be read as without losing anything.
public enum ScalarText: String, Sendable, CaseIterable {
    /// `-?(0|[1-9][0-9]*)` within 64 bits.
    case bigint
    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`, at most 17 significant digits, finite.
    case double
    /// `true` or `false` in any case.
    case boolean
    /// `YYYY-MM-DD`, a day of the calendar.
    case date
    /// A date, `T` or a space, `HH:MM[:SS[.f]]` with up to six digits, then nothing, `Z` or an offset
    /// `+HH`, `+HHMM`, `+HH:MM` of less than 16 hours.
    case timestamp

    /// The narrowest type that a whole text reads as, nil for any other text.
    ///
    /// No space is skipped; a leading zero, a sign `+`, or too many digits make it other text.
    public init?(_ text: [UInt8]) {
        guard !text.isEmpty, text.count <= 64 else { return nil }
        var reader = ScalarReader(text)
        if let type = reader.number() {
            self = type
        } else if reader.isBoolean {
            self = .boolean
        } else if let type = reader.date() {
            self = type
        } else {
            return nil
        }
    }

    /// Whether a cell of the first record shows that it is data and no header.
    ///
    /// More than ``init(_:)`` takes: spaces around it are skipped, a number may have leading zeros, a
    /// sign `+` and any number of digits.
    public static func looksLikeData(_ cell: [UInt8]) -> Bool {
        let text = Array(
            cell.drop { $0 == Mark.space }.reversed().drop { $0 == Mark.space }.reversed()
        )
        if ScalarText(text) != nil { return true }
        var reader = ScalarReader(text)
        return reader.isLooseNumber()
    }
}

/// Reads one text from left to right.
private struct ScalarReader {
    private let text: [UInt8]
    private var index = 0

    init(_ text: [UInt8]) { self.text = text }

    private var next: UInt8 { index < text.count ? text[index] : 0 }
    private var isAtEnd: Bool { index == text.count }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// How many digits stand here.
    private mutating func digits() -> Int {
        let start = index
        while next &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start
    }

    /// The number that exactly `count` digits here are.
    private mutating func number(of count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            let digit = next &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            index += 1
        }
        return value
    }

    mutating func number() -> ScalarText? {
        index = 0
        _ = take("-")
        let start = index
        let leadsWithZero = next == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !leadsWithZero else { return nil }
        if isAtEnd, Int64(string) != nil { return .bigint }
        if take("."), digits() == 0 { return nil }
        let mantissaEnd = index
        if next | 0x20 == UInt8(ascii: "e") {
            index += 1
            if !take("-") { _ = take("+") }
            guard digits() > 0 else { return nil }
        }
        guard isAtEnd, significantDigits(start..<mantissaEnd) <= 17 else { return nil }
        guard let value = Double(string), value.isFinite else { return nil }
        return value == 0 && significantDigits(start..<mantissaEnd) > 0 ? nil : .double
    }

    private var string: String { String(decoding: text, as: UTF8.self) }

    private func significantDigits(_ range: Range<Int>) -> Int {
        var count = 0
        for place in range where text[place] != UInt8(ascii: ".") {
            if count > 0 || text[place] != UInt8(ascii: "0") { count += 1 }
        }
        return count
    }

    mutating func isLooseNumber() -> Bool {
        index = 0
        if !take("-") { _ = take("+") }
        let whole = digits()
        let fraction = take(".") ? digits() : 0
        guard whole + fraction > 0 else { return false }
        if next | 0x20 == UInt8(ascii: "e") {
            index += 1
            if !take("-") { _ = take("+") }
            guard digits() > 0 else { return false }
        }
        return isAtEnd
    }

    var isBoolean: Bool { equals("true") || equals("false") }

    private func equals(_ word: String) -> Bool { text.map { $0 | 0x20 } == Array(word.utf8) }

    mutating func date() -> ScalarText? {
        index = 0
        guard let year = number(of: 4), take("-"), let month = number(of: 2), take("-"),
            let day = number(of: 2), isDay(day, of: month, in: year)
        else { return nil }
        if isAtEnd { return .date }
        guard take("T") || take(" ") else { return nil }
        return isTime() ? .timestamp : nil
    }

    private func isDay(_ day: Int, of month: Int, in year: Int) -> Bool {
        guard year > 0, (1...12).contains(month) else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        return (1...days).contains(day)
    }

    private mutating func isTime() -> Bool {
        guard let hour = number(of: 2), hour < 24, take(":"), let minute = number(of: 2),
            minute < 60
        else { return false }
        if take(":") {
            guard let second = number(of: 2), second < 60 else { return false }
            if take(".") {
                guard (1...6).contains(digits()) else { return false }
            }
        }
        if isAtEnd { return true }
        if take("Z") { return isAtEnd }
        guard take("+") || take("-"), let hours = number(of: 2), hours < 16 else { return false }
        if isAtEnd { return true }
        _ = take(":")
        guard let minutes = number(of: 2), minutes < 60 else { return false }
        return isAtEnd
    }
}
