/// The days of a month that a cron expression means, by its day-of-month or its day-of-week.
enum CronDays: Sendable, Equatable {
    /// Days by number; a month that lacks one goes without it.
    case numbers([Int])
    /// The last day less some days.
    case last(less: Int)
    /// The weekday, Monday to Friday, that is nearest to a day, within the month.
    case weekdayNearest(Int)
    /// The last weekday, Monday to Friday.
    case lastWeekday
    /// Days of the week, 1 for Sunday.
    case weekdays([Int])
    /// The last one of a day of the week.
    case lastOf(weekday: Int)
    /// The first to fifth one of a day of the week; a month that lacks it has none.
    case nth(Int, weekday: Int)

    /// The days, ascending.
    func days(in month: CalendarMonth) -> [Int] {
        let length = month.length
        switch self {
        case .numbers(let numbers): return numbers.filter { $0 <= length }
        case .last(let less): return less < length ? [length - less] : []
        case .weekdayNearest(let day):
            return day <= length ? [Self.nearestWeekday(to: day, in: month)] : []
        case .lastWeekday: return [Self.nearestWeekday(to: length, in: month)]
        case .weekdays(let weekdays):
            return (1...length).filter { weekdays.contains(month.weekday(of: $0)) }
        case .lastOf(let weekday):
            return (1...length).suffix(7).filter { month.weekday(of: $0) == weekday }
        case .nth(let number, let weekday):
            let all = (1...length).filter { month.weekday(of: $0) == weekday }
            return number <= all.count ? [all[number - 1]] : []
        }
    }

    private static func nearestWeekday(to day: Int, in month: CalendarMonth) -> Int {
        switch month.weekday(of: day) {
        case 1: day == month.length ? day - 2 : day + 1
        case 7: day == 1 ? day + 2 : day - 1
        default: day
        }
    }

    /// Reads the two fields, in capitals, one of which is `?`.
    init(dayOfMonth: Substring, dayOfWeek: Substring) throws(ScheduleError) {
        switch (dayOfMonth == "?", dayOfWeek == "?") {
        case (false, true): self = try Self.ofMonth(dayOfMonth)
        case (true, false): self = try Self.ofWeek(dayOfWeek)
        default:
            throw ScheduleError(
                problem: "exactly one of day-of-month (`\(dayOfMonth)`) and day-of-week "
                    + "(`\(dayOfWeek)`) is ?",
                remedy: "put ? where any day will do, as in cron(0 10 * * ? *) or "
                    + "cron(0 10 ? * MON-FRI *)"
            )
        }
    }

    private static func ofMonth(_ text: Substring) throws(ScheduleError) -> CronDays {
        let field = CronField.dayOfMonth
        if text == "L" { return .last(less: 0) }
        if text == "LW" { return .lastWeekday }
        if text.hasPrefix("L-") {
            guard let less = field.value(text.dropFirst(2)), less <= 30 else {
                throw field.error(text, "`\(text)` is not L- and a number from 1 to 30")
            }
            return .last(less: less)
        }
        if text.hasSuffix("W"), let day = field.value(text.dropLast()) {
            return .weekdayNearest(day)
        }
        try refuseLists(of: "LW", in: text, field)
        return .numbers(try field.values(text))
    }

    private static func ofWeek(_ text: Substring) throws(ScheduleError) -> CronDays {
        let field = CronField.dayOfWeek
        // The last day of the week.
        if text == "L" { return .weekdays([7]) }
        if text.hasSuffix("L"), let weekday = field.value(text.dropLast()) {
            return .lastOf(weekday: weekday)
        }
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        if parts.count == 2, let weekday = field.value(parts[0]) {
            guard let number = Int(parts[1]), (1...5).contains(number), parts[1].utf8.count == 1
            else { throw field.error(text, "in `\(text)` the number behind # is outside 1 to 5") }
            return .nth(number, weekday: weekday)
        }
        try refuseLists(of: "L#", in: text, field)
        return .weekdays(try field.values(text))
    }

    /// `L`, `W` and `#` say all that their field says.
    private static func refuseLists(
        of signs: String,
        in text: Substring,
        _ field: CronField
    ) throws(ScheduleError) {
        let items = text.split { $0 == "," || $0 == "-" || $0 == "/" }
        for item in items where field.value(item) == nil && item.contains(where: signs.contains) {
            throw ScheduleError(
                problem:
                    "\(field.name): `\(item)` in `\(text)` stands alone in its field or not at all",
                remedy: "write one of L, L-3, LW, 15W in day-of-month or one of L, 6L, 3#2 in "
                    + "day-of-week, and make a trigger of its own for each further day"
            )
        }
    }
}
