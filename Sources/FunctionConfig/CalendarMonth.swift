/// A month of the Gregorian calendar, in UTC.
struct CalendarMonth: Equatable {
    let year: Int
    /// 1 to 12.
    let month: Int

    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

    /// The number of its days.
    var length: Int {
        let length = Self.daysBefore[month] - Self.daysBefore[month - 1]
        return month == 2 && Self.isLeap(year) ? length + 1 : length
    }

    /// The days from 1970-01-01 to its first day.
    var start: Int {
        let isBehindLeapDay = month > 2 && Self.isLeap(year)
        return Self.yearStart(year) + Self.daysBefore[month - 1] + (isBehindLeapDay ? 1 : 0)
    }

    /// The day of the week of a day of this month, 1 for Sunday to 7 for Saturday.
    func weekday(of day: Int) -> Int {
        // 1970-01-01 was a Thursday.
        let number = (start + day - 1 + 4) % 7
        return (number < 0 ? number + 7 : number) + 1
    }

    /// The month and the day of the month that lie `days` after 1970-01-01.
    static func containing(_ days: Int) -> (month: CalendarMonth, day: Int) {
        var year = 1970 + days / 366
        while yearStart(year + 1) <= days { year += 1 }
        var month = CalendarMonth(year: year, month: 12)
        while month.start > days { month = CalendarMonth(year: year, month: month.month - 1) }
        return (month, days - month.start + 1)
    }

    private static func yearStart(_ year: Int) -> Int {
        (year - 1970) * 365 + leapDays(before: year) - leapDays(before: 1970)
    }

    private static func leapDays(before year: Int) -> Int {
        (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    }
}
