import FunctionConfig
import Glibc
import Testing

@Suite("The text of a schedule")
struct ScheduleTextTests {
    @Test(
        "is refused with a remedy",
        arguments: [
            ("", "cron("), ("every day", "cron("), ("cron 0 10 * * ? *", "cron("),
            ("cron(0 10 * * ? *", "cron("), ("CRON(0 10 * * ? *)", "cron("),
            ("cron(0 10 * * ?)", "cron(15 12 * * ? *)"), ("cron(0 0 10 * * ? *)", "six"),
            ("cron(60 10 * * ? *)", "0 to 59"), ("cron(0 24 * * ? *)", "0 to 23"),
            ("cron(0 0 0 * ? *)", "1 to 31"), ("cron(0 0 32 * ? *)", "1 to 31"),
            ("cron(0 0 1 13 ? *)", "JAN to DEC"), ("cron(0 0 1 FOO ? *)", "JAN to DEC"),
            ("cron(0 0 ? * 0 *)", "SUN to SAT"), ("cron(0 0 ? * 8 *)", "SUN to SAT"),
            ("cron(0 0 1 1 ? 1969)", "1970 to 2199"), ("cron(0 0 1 1 ? 2200)", "1970 to 2199"),
            ("cron(0 10 * * * *)", "put ?"), ("cron(0 10 ? * ? *)", "put ?"),
            ("cron(0 10 1 * MON *)", "put ?"), ("cron(0 10 * ? * *)", "put ?"),
            ("cron(? 10 * * ? *)", "0 to 59"), ("cron(0 10 * * ? ?)", "1970 to 2199"),
            ("cron(0/0 10 * * ? *)", "1 to 59"), ("cron(0/60 10 * * ? *)", "1 to 59"),
            ("cron(0/ 10 * * ? *)", "1 to 59"), ("cron(/5 10 * * ? *)", "0 to 59"),
            ("cron(1/2/3 10 * * ? *)", "0 to 59"), ("cron(1,,2 10 * * ? *)", "0 to 59"),
            ("cron(1-2-3 10 * * ? *)", "0 to 59"), ("cron(-5 10 * * ? *)", "0 to 59"),
            ("cron(+5 10 * * ? *)", "0 to 59"), ("cron(٥ 10 * * ? *)", "0 to 59"),
            ("cron(0 0 ? * 2/2 *)", "SUN to SAT"), ("cron(0 0 ? * 3#0 *)", "1 to 5"),
            ("cron(0 0 ? * 3#6 *)", "1 to 5"), ("cron(0 0 ? * 3#1,6#3 *)", "trigger of its own"),
            ("cron(0 0 ? * 2,6L *)", "trigger of its own"),
            ("cron(0 0 1,L * ? *)", "trigger of its own"),
            ("cron(0 0 10W-15W * ? *)", "trigger of its own"),
            ("cron(0 0 W * ? *)", "15W"), ("cron(0 0 32W * ? *)", "15W"),
            ("cron(0 0 L-31 * ? *)", "1 to 30"), ("cron(0 0 L-0 * ? *)", "1 to 30"),
            ("cron(0 0 ? * 1W *)", "SUN to SAT"), ("cron(0 0 3#2 * ? *)", "1 to 31"),
            ("cron(0 0 31 2 ? *)", "correct day"), ("cron(0 0 30W FEB ? *)", "correct day"),
            ("cron(0 0 29 2 ? 2026-2027)", "correct day"),
            ("rate(5)", "rate(5 minutes)"), ("rate(5 minutes please)", "rate(5 minutes)"),
            ("rate(0 minutes)", "1 to"), ("rate(-1 minutes)", "1 to"), ("rate(+5 minutes)", "1 to"),
            ("rate(1.5 hours)", "1 to"), ("rate(1000001 days)", "1 to"),
            ("rate(1 hours)", "rate(1 hour)"), ("rate(5 hour)", "rate(5 hours)"),
            ("rate(5 weeks)", "day(s)"), ("rate(5 Minutes)", "day(s)"),
        ]
    )
    func refused(text: String, hint: String) throws {
        let error = #expect(throws: ScheduleError.self) { try Schedule(text) }
        let words = "\(error?.problem ?? ""); \(error?.remedy ?? "")"
        #expect(words.contains(hint), "\(words)")
    }

    @Test(
        "is the same for the same schedule",
        arguments: [
            ("cron(0 10 ? * mon-Fri *)", "cron(0 10 ? * MON-FRI *)"),
            (" cron(  0\t10 * * ?  * ) ", "cron(0 10 * * ? *)"),
            ("rate( 5   minutes )", "rate(5 minutes)"), ("rate(1 second)", "rate(1 second)"),
            ("rate(05 minutes)", "rate(5 minutes)"),
        ]
    )
    func same(text: String, expected: String) throws {
        let schedule = try Schedule(text)
        #expect(schedule.description == expected)
        #expect(try Schedule(expected) == schedule)
    }

    /// Days and weekdays are told by the C library here.
    @Test("has the times that a look at every minute finds")
    func everyMinute() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<40 {
            let minute = Int.random(in: 0...59, using: &random)
            let hour = Int.random(in: 0...23, using: &random)
            let weekday = Int.random(in: 1...7, using: &random)
            let month = Int.random(in: 1...12, using: &random)
            let text = "cron(\(minute)/13 \(hour) ? \(month),6 \(weekday) *)"
            let start = Int64.random(in: 0...7_000_000_000, using: &random) * 1_000_000
            let end = start + 40 * 86_400_000_000
            var expected: Int64?
            for candidate in stride(
                from: (start / 60_000_000 + 1) * 60_000_000,
                to: end,
                by: 60_000_000
            ) {
                let parts = calendar(candidate)
                guard parts.tm_hour == hour, parts.tm_min >= minute,
                    (Int(parts.tm_min) - minute).isMultiple(of: 13), parts.tm_wday + 1 == weekday,
                    parts.tm_mon + 1 == month || parts.tm_mon + 1 == 6
                else { continue }
                expected = candidate
                break
            }
            let next = try #require(try Schedule(text).next(after: start, startedAt: 0))
            #expect(
                expected == nil ? next >= end - 60_000_000 : next == expected,
                "\(text) \(start)"
            )
        }
    }
}
