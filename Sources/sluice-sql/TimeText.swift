/// Days and times in ISO 8601.
enum TimeText {
    /// `2024-02-29`; DuckDB's infinite days by name.
    static func date(days: Int32) -> String {
        switch days {
        case .max: return "infinity"
        case -.max: return "-infinity"
        default: return civil(days: Int64(days))
        }
    }

    /// `2024-02-29T12:00:00.5Z`, the `Z` only for instants.
    static func timestamp(_ units: Int64, unitsPerSecond: Int64, isInstant: Bool) -> String {
        switch units {
        case .max: return "infinity"
        case -.max: return "-infinity"
        default: break
        }
        let perDay = 86_400 * unitsPerSecond
        let days = floored(units, perDay)
        return civil(days: days) + "T"
            + time(units - days * perDay, unitsPerSecond: unitsPerSecond)
            + (isInstant ? "Z" : "")
    }

    /// `12:00:00.5`.
    static func time(_ units: Int64, unitsPerSecond: Int64) -> String {
        let seconds = units / unitsPerSecond
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
            .joined(separator: ":")
        let fraction = units % unitsPerSecond
        guard fraction != 0 else { return clock }
        let digits = padded(fraction, String(unitsPerSecond).count - 1)
        let last = digits.lastIndex { $0 != "0" } ?? digits.startIndex
        return clock + "." + digits[...last]
    }

    /// `P1M2DT3.5S`.
    static func interval(months: Int32, days: Int32, microseconds: Int64) -> String {
        var text = "P"
        if months != 0 { text += "\(months)M" }
        if days != 0 { text += "\(days)D" }
        if microseconds != 0 || text == "P" {
            let seconds = microseconds.magnitude / 1_000_000
            let fraction = Int64(microseconds.magnitude % 1_000_000)
            let digits = padded(fraction, 6)
            let last = digits.lastIndex { $0 != "0" }
            text +=
                "T" + (microseconds < 0 ? "-" : "") + "\(seconds)"
                + (last.map { "." + digits[...$0] } ?? "") + "S"
        }
        return text
    }

    /// Days since 1970 as a date of the proleptic Gregorian calendar.
    ///
    /// Counted in eras of 400 years that begin on 1 March, when the leap day comes last.
    private static func civil(days: Int64) -> String {
        let shifted = days + 719_468
        let era = floored(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let sign = year < 0 ? "-" : ""
        return sign + padded(Int64(year.magnitude), 4) + "-" + padded(month, 2) + "-"
            + padded(day, 2)
    }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
