import DuckDB
public import FunctionConfig

/// SQL that reads dates and times written as a table's settings say, beside ISO 8601.
///
/// Each pattern is tried by itself: in one call an offset that one of them reads would hold for the
/// others as well.
public struct TimeFormats: Sendable, Equatable {
    private var datePatterns: [String] = []
    private var timestampPatterns: [String] = []

    /// ISO 8601 alone.
    public init() {}

    /// Patterns of dates and of times, as strptime(3) has them.
    public init(dates: [String], timestamps: [String]) {
        datePatterns = dates
        timestampPatterns = timestamps
    }

    /// SQL of the dates that a text is, null where it is none, one for each pattern.
    func dates(_ text: String) -> [String] {
        datePatterns.map { "CAST(try_strptime(\(text), \(SQL.literal($0))) AS DATE)" }
    }

    /// SQL of the instants that a text is; without an offset it is in UTC, a date is its midnight.
    func instants(_ text: String) -> [String] {
        (timestampPatterns + datePatterns).map { pattern in
            let value = "try_strptime(\(text), \(SQL.literal(pattern)))"
            // With an offset it is an instant already.
            let hasOffset = pattern.replacing("%%", with: "").contains("%z")
            return hasOffset ? value : "(\(value) AT TIME ZONE 'UTC')"
        }
    }
}

extension FormatSettings {
    /// How dates and times are written.
    public var times: TimeFormats {
        TimeFormats(dates: dateFormats, timestamps: timestampFormats)
    }
}
