/// Minutes of the calendar: `minutes hours day-of-month month day-of-week year`, in UTC.
public struct CronExpression: Sendable, Equatable {
    let minutes: [Int]
    let hours: [Int]
    let days: CronDays
    let months: [Int]
    let years: [Int]
    /// The fields with single spaces, in capitals.
    let text: String

    private static let microsecondsOfMinute: Int64 = 60_000_000

    init(_ text: Substring) throws(ScheduleError) {
        let fields = text.uppercased().split { $0 == " " || $0 == "\t" }
        guard fields.count == 6 else {
            throw ScheduleError(
                problem: "a cron expression has six fields, and `\(text)` has \(fields.count)",
                remedy: "write cron(minutes hours day-of-month month day-of-week year), as "
                    + "cron(15 12 * * ? *)"
            )
        }
        self.text = fields.joined(separator: " ")
        minutes = try CronField.minutes.values(fields[0])
        hours = try CronField.hours.values(fields[1])
        days = try CronDays(dayOfMonth: fields[2], dayOfWeek: fields[4])
        months = try CronField.month.values(fields[3])
        years = try CronField.year.values(fields[5])
        guard next(after: -1) != nil else {
            throw ScheduleError(
                problem: "there is no such day between 1970 and 2199",
                remedy: "correct day, month or year"
            )
        }
    }

    /// The first minute after `time`, in microseconds since 1970.
    func next(after time: Int64) -> Int64? {
        let minute = time < 0 ? 0 : time / Self.microsecondsOfMinute + 1
        return search(from: minute, isAscending: true)
    }

    /// The last minute at or before `time`.
    func latest(upTo time: Int64) -> Int64? {
        guard time >= 0 else { return nil }
        return search(from: time / Self.microsecondsOfMinute, isAscending: false)
    }

    /// The nearest time from a minute since 1970 on, itself included, in one direction.
    private func search(from minute: Int64, isAscending: Bool) -> Int64? {
        let (days, rest) = Int(minute).quotientAndRemainder(dividingBy: 24 * 60)
        let (month, day) = CalendarMonth.containing(days)
        let search = Search(
            expression: self,
            bound: [month.year, month.month, day, rest / 60, rest % 60],
            isAscending: isAscending
        )
        guard let found = search.find([], isAtBound: true) else { return nil }
        let start = CalendarMonth(year: found[0], month: found[1]).start
        let minutes = ((start + found[2] - 1) * 24 + found[3]) * 60 + found[4]
        return Int64(minutes) * Self.microsecondsOfMinute
    }

    /// Goes through years, months, days, hours and minutes, each as far as it has to.
    private struct Search {
        let expression: CronExpression
        /// Year, month, day, hour and minute: the first that may be found.
        let bound: [Int]
        let isAscending: Bool

        /// The nearest time that begins with `chosen`, which is all equal to the bound or beyond it.
        func find(_ chosen: [Int], isAtBound: Bool) -> [Int]? {
            guard chosen.count < bound.count else { return chosen }
            let limit = bound[chosen.count]
            for value in isAscending ? values(chosen) : values(chosen).reversed() {
                if isAtBound, isAscending ? value < limit : value > limit { continue }
                let found = find(chosen + [value], isAtBound: isAtBound && value == limit)
                if let found { return found }
            }
            return nil
        }

        private func values(_ chosen: [Int]) -> [Int] {
            switch chosen.count {
            case 0: expression.years
            case 1: expression.months
            case 2: expression.days.days(in: CalendarMonth(year: chosen[0], month: chosen[1]))
            case 3: expression.hours
            default: expression.minutes
            }
        }
    }
}
