import Glibc

/// The past state of lake tables that a query asks for.
public enum AsOf: Equatable, Sendable {
    /// A version of the Delta log; it says something about one table only.
    case version(Int64)
    /// The newest version committed by then, in milliseconds since 1970.
    case time(Int64)

    /// Whether this is a version of one table.
    public var isVersion: Bool { if case .version = self { true } else { false } }

    /// Reads a version, a day or a time in ISO 8601.
    ///
    /// Without an offset a time is UTC. What a time leaves out it includes: a day stands for its
    /// last moment, `12:30` for the last moment of that minute.
    ///
    /// - Parameter text: `3`, `2026-01-31`, `2026-01-31T12:30`, `2026-01-31 12:30:05.5+01:00`.
    /// - Throws: `LakeQueryError` for anything else.
    public init(_ text: String) throws(LakeQueryError) {
        if let version = Int64(text), version >= 0, text.utf8.allSatisfy(Self.isDigit) {
            self = .version(version)
            return
        }
        var reader = TimeReader(text)
        guard let milliseconds = reader.lastMillisecond() else {
            throw LakeQueryError(
                "`\(text)` is neither a version nor a time; write 3, 2026-01-31 or "
                    + "2026-01-31T12:30:00Z"
            )
        }
        self = .time(milliseconds)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

/// Takes a time in ISO 8601 apart.
private struct TimeReader {
    private var rest: Substring

    init(_ text: String) { rest = Substring(text) }

    /// The last millisecond of the day, minute, second or fraction that the text names.
    mutating func lastMillisecond() -> Int64? {
        guard let start = startOfDay() else { return nil }
        if rest.isEmpty { return start + 86_399_999 }
        guard take("T") || take("t") || take(" "), let hour = number(2), hour < 24, take(":"),
            let minute = number(2), minute < 60
        else { return nil }
        var time = start + (hour * 60 + minute) * 60_000
        var unit: Int64 = 60_000
        if take(":") {
            guard let second = number(2), second < 60 else { return nil }
            time += second * 1_000
            unit = 1_000
            if take(".") {
                guard let fraction = milliseconds() else { return nil }
                time += fraction
                unit = 1
            }
        }
        guard let offset = offset(), rest.isEmpty else { return nil }
        return time - offset + unit - 1
    }

    private mutating func startOfDay() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let day = number(2)
        else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        let seconds = timegm(&parts)
        // A day that is not in the calendar became another.
        guard parts.tm_mon == month - 1, parts.tm_mday == day else { return nil }
        return Int64(seconds) * 1_000
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        rest.removeFirst(digits)
        return Int64(text)
    }

    /// Up to nine digits behind the point; beyond milliseconds they say nothing about commits.
    private mutating func milliseconds() -> Int64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        return Int64(String((digits + "00").prefix(3)))
    }

    private mutating func offset() -> Int64? {
        if rest.isEmpty || take("Z") || take("z") { return 0 }
        let isWest = rest.first == "-"
        guard take("+") || take("-"), let hours = number(2), hours <= 15 else { return nil }
        if !rest.isEmpty { _ = take(":") }
        guard let minutes = rest.isEmpty ? 0 : number(2), minutes < 60 else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes) * 60_000
    }
}
