/// Numbers, sizes and times as people read them.
public enum Amount {
    /// `9,652`.
    public static func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }

    /// `1 row`, `9,652 rows`; `plural` where it is not `noun` and an s.
    public static func count(
        _ number: some BinaryInteger,
        _ noun: String,
        _ plural: String? = nil
    ) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `4,213 bytes`, `4.2 MB`: powers of a thousand, as disks are sold.
    public static func bytes(_ number: Int64) -> String {
        if number < 10_000 { return count(number, "byte") }
        var value = Double(number) / 1000
        var units = ["kB", "MB", "GB", "TB"][...]
        while value >= 999.95, units.count > 1 {
            value /= 1000
            units.removeFirst()
        }
        return "\(decimal(value, digits: 1)) \(units.first ?? "TB")"
    }

    /// `0.41 s`, `12.3 s`, `2 min 5 s`, `3 h 20 min`, `4 days`.
    public static func duration(microseconds: Int64) -> String {
        let seconds = Double(max(0, microseconds)) / 1_000_000
        if seconds < 9.995 { return decimal(seconds, digits: 2) + " s" }
        if seconds < 99.95 { return decimal(seconds, digits: 1) + " s" }
        return span(seconds: Int64(seconds))
    }

    /// The same in whole seconds: `3 s`, `2 min 5 s`.
    public static func span(seconds: Int64) -> String {
        let seconds = max(0, seconds)
        if seconds < 100 { return "\(seconds) s" }
        if seconds < 3600 { return pair(seconds / 60, "min", seconds % 60, "s") }
        if seconds < 172_800 { return pair(seconds / 3600, "h", seconds % 3600 / 60, "min") }
        return "\(seconds / 86_400) days"
    }

    /// A number with so many digits behind the point.
    public static func decimal(_ value: Double, digits: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value.magnitude * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        return sign + "\(scaled / scale)."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    private static func pair(
        _ first: Int64,
        _ unit: String,
        _ second: Int64,
        _ part: String
    )
        -> String
    {
        second == 0 ? "\(first) \(unit)" : "\(first) \(unit) \(second) \(part)"
    }
}
