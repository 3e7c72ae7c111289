import Glibc

/// Microseconds since 1970 of `2026-01-31T23:59` in UTC, by the C library.
func instant(_ text: String) -> Int64 {
    let numbers = text.split { "-T:".contains($0) }.compactMap { Int32($0) }
    var parts = tm()
    parts.tm_year = numbers[0] - 1900
    parts.tm_mon = numbers[1] - 1
    parts.tm_mday = numbers[2]
    parts.tm_hour = numbers[3]
    parts.tm_min = numbers[4]
    return Int64(timegm(&parts)) * 1_000_000
}

/// The reverse of ``instant(_:)``; a time within a minute is told by a question mark.
func text(_ instant: Int64) -> String {
    let parts = calendar(instant)
    let numbers = [
        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
    ].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(numbers[0])-\(numbers[1])-\(numbers[2])T\(numbers[3]):\(numbers[4])"
        + (instant.isMultiple(of: 60_000_000) ? "" : "?")
}

/// An instant as the C library takes it apart.
func calendar(_ instant: Int64) -> tm {
    var seconds = time_t(instant / 1_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return parts
}
