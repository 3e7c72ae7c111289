import DuckDB

/// Values as text.
enum ValueText {
    /// A value for people and CSV: nested values are JSON, null is `nil`.
    static func plain(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text), .json(let text), .uuid(let text): text
        case .list, .structure, .map: json(value)
        default: scalar(value)
        }
    }

    /// A value as JSON.
    ///
    /// What is not a number and infinities are null, whole numbers keep all their digits, times
    /// are ISO 8601 texts, bytes hexadecimal ones.
    static func json(_ value: SQLValue) -> String {
        switch value {
        case .null: "null"
        case .boolean, .integer, .decimal: scalar(value)
        case .double(let number): number.isFinite ? scalar(value) : "null"
        case .float(let number): number.isFinite ? scalar(value) : "null"
        case .json(let text): text
        case .string(let text), .uuid(let text): quoted(text)
        case .list(let elements): "[" + elements.map(json).joined(separator: ",") + "]"
        case .structure(let fields):
            "{" + fields.map { quoted($0.name) + ":" + json($0.value) }.joined(separator: ",")
                + "}"
        case .map(let entries):
            "{"
                + entries.map { quoted(plain($0.key) ?? "null") + ":" + json($0.value) }
                .joined(separator: ",") + "}"
        default: quoted(scalar(value))
        }
    }

    /// Text as a JSON string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func scalar(_ value: SQLValue) -> String {
        switch value {
        case .boolean(let truth): truth ? "true" : "false"
        case .integer(let number): String(number)
        case .float(let number): String(describing: number)
        case .double(let number): String(describing: number)
        case .decimal(let unscaled, let scale): decimal(unscaled, scale)
        case .blob(let bytes):
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .date(let days): TimeText.date(days: days)
        case .time(let microseconds): TimeText.time(microseconds, unitsPerSecond: 1_000_000)
        case .timestamp(let units, let perSecond):
            TimeText.timestamp(units, unitsPerSecond: perSecond, isInstant: false)
        case .instant(let microseconds):
            TimeText.timestamp(microseconds, unitsPerSecond: 1_000_000, isInstant: true)
        case .interval(let months, let days, let microseconds):
            TimeText.interval(months: months, days: days, microseconds: microseconds)
        default: "(cast this type to VARCHAR)"
        }
    }

    private static func decimal(_ unscaled: Int128, _ scale: Int) -> String {
        guard scale > 0 else { return String(unscaled) }
        let digits = String(unscaled.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return (unscaled < 0 ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}
