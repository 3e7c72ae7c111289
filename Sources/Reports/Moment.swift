import Events

/// A point in time, as JSON in ISO 8601.
public struct Moment: Sendable, Hashable, Comparable, Encodable {
    /// Microseconds since 1970.
    public let microseconds: Int64

    /// Takes microseconds since 1970.
    public init(_ microseconds: Int64) { self.microseconds = microseconds }

    /// `2026-11-21 10:50:54 UTC`.
    public var text: String {
        let iso = UTCTime.iso8601(microseconds: microseconds)
        return iso.prefix(10) + " " + iso.dropFirst(11).prefix(8) + " UTC"
    }

    /// How long ago it was: `3 s ago`, `in 41 s`.
    public func age(at now: Int64) -> String {
        let seconds = (now - microseconds) / 1_000_000
        if seconds < 0 { return "in \(Amount.span(seconds: -seconds))" }
        return seconds == 0 ? "now" : "\(Amount.span(seconds: seconds)) ago"
    }

    /// Both.
    func text(at now: Int64) -> String { "\(text) (\(age(at: now)))" }

    /// The earlier one is the smaller one.
    public static func < (left: Moment, right: Moment) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Writes ISO 8601.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(UTCTime.iso8601(microseconds: microseconds))
    }
}
