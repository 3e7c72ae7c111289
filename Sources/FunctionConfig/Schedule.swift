/// When a function runs by the clock: `cron(...)` or `rate(...)`, in the syntax of EventBridge.
///
/// All times are microseconds since 1970, in UTC. Source: Amazon EventBridge User Guide, "Cron
/// expressions reference" and "Rate expressions reference". Beyond it, `rate` also takes `second`
/// and `seconds`.
public enum Schedule: Sendable, Equatable, CustomStringConvertible {
    /// Times of the calendar.
    case cron(CronExpression)
    /// Times of equal distance.
    case rate(RateExpression)

    /// Reads an expression.
    ///
    /// - Throws: `ScheduleError` that says what is wrong and what to write.
    public init(_ text: String) throws(ScheduleError) {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        if let inside = Self.inside(trimmed, "cron(") {
            self = .cron(try CronExpression(inside))
        } else if let inside = Self.inside(trimmed, "rate(") {
            self = .rate(try RateExpression(inside))
        } else {
            throw ScheduleError(
                problem: "`\(text)` is no schedule",
                remedy: "write cron(minutes hours day-of-month month day-of-week year), as "
                    + "cron(15 12 * * ? *), or rate(value unit), as rate(5 minutes)"
            )
        }
    }

    /// The first time after `time`; nil when there is none any more.
    ///
    /// `start` is when the schedule began to count, which moves the times of a rate.
    public func next(after time: Int64, startedAt start: Int64) -> Int64? {
        switch self {
        case .cron(let expression): expression.next(after: time)
        case .rate(let expression): expression.next(after: time, startedAt: start)
        }
    }

    /// The last time at or before `time`; nil when there is none.
    public func latest(upTo time: Int64, startedAt start: Int64) -> Int64? {
        switch self {
        case .cron(let expression): expression.latest(upTo: time)
        case .rate(let expression): expression.latest(upTo: time, startedAt: start)
        }
    }

    /// The first `count` times after `time`; fewer when there are no more.
    public func times(_ count: Int, after time: Int64, startedAt start: Int64) -> [Int64] {
        var times: [Int64] = []
        while times.count < count,
            let next = next(after: times.last ?? time, startedAt: start)
        {
            times.append(next)
        }
        return times
    }

    /// The expression with single spaces and names in capitals: equal for equal schedules.
    public var description: String {
        switch self {
        case .cron(let expression): "cron(\(expression.text))"
        case .rate(let expression): "rate(\(expression.text))"
        }
    }

    private static func inside(_ text: Substring, _ opening: String) -> Substring? {
        var text = text
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        guard text.hasPrefix(opening), text.last == ")" else { return nil }
        return text.dropFirst(opening.count).dropLast()
    }
}

/// Why a text is no schedule, addressed to the person who wrote it.
public struct ScheduleError: Error, Equatable, Sendable {
    /// What is wrong.
    public let problem: String
    /// What to write instead.
    public let remedy: String
}

/// Times of equal distance, such as `5 minutes`; they count from when the schedule began.
public struct RateExpression: Sendable, Equatable {
    /// Microseconds between two times.
    let period: Int64
    /// The value and its unit.
    let text: String

    private static let units: [(singular: String, seconds: Int64)] = [
        ("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400),
    ]
    /// More than anybody waits for, and few enough to be counted in microseconds.
    private static let greatest: Int64 = 1_000_000

    /// Once a day: stands for a rate that cannot be read.
    static let daily = RateExpression(days: 1)

    private init(days: Int64) {
        period = days * 86_400_000_000
        text = "\(days) day"
    }

    init(_ text: Substring) throws(ScheduleError) {
        let words = text.split { $0 == " " || $0 == "\t" }
        guard words.count == 2 else {
            throw ScheduleError(
                problem: "a rate has a value and a unit, and `\(text)` has \(words.count) words",
                remedy: "write for example rate(5 minutes)"
            )
        }
        guard words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let value = Int64(words[0]), (1...Self.greatest).contains(value)
        else {
            throw ScheduleError(
                problem: "the value `\(words[0])` is outside 1 to \(Self.greatest)",
                remedy: "use a whole number in that range"
            )
        }
        let word = String(words[1])
        guard
            let unit = Self.units.first(where: { word == $0.singular || word == $0.singular + "s" })
        else {
            throw ScheduleError(
                problem: "the unit `\(word)` is not known",
                remedy: "use second(s), minute(s), hour(s) or day(s)"
            )
        }
        let right = value == 1 ? unit.singular : unit.singular + "s"
        guard word == right else {
            throw ScheduleError(
                problem: "`\(word)` does not go with \(value)",
                remedy: "write rate(\(value) \(right)): one unit is singular, several are plural"
            )
        }
        period = value * unit.seconds * 1_000_000
        self.text = "\(value) \(right)"
    }

    func next(after time: Int64, startedAt start: Int64) -> Int64? {
        latest(upTo: time, startedAt: start) + period
    }

    func latest(upTo time: Int64, startedAt start: Int64) -> Int64 {
        let past = (time - start) % period
        return time - (past < 0 ? past + period : past)
    }
}
