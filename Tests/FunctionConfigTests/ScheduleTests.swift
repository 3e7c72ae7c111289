import FunctionConfig
import Testing

@Suite("The times of a schedule")
struct ScheduleTests {
    @Test(
        "follow the calendar in UTC",
        arguments: [
            ("0 10 * * ? *", "2026-02-28T10:00", ["2026-03-01T10:00", "2026-03-02T10:00"]),
            ("15 12 ? * MON-FRI *", "2026-11-20T12:15", ["2026-11-23T12:15", "2026-11-24T12:15"]),
            ("0/25 8-9 * * ? *", "2026-01-01T08:40", ["2026-01-01T08:50", "2026-01-01T09:00"]),
            ("*/30 * * * ? *", "2026-12-31T23:30", ["2027-01-01T00:00", "2027-01-01T00:30"]),
            ("0 11-23/6 * * ? *", "2026-01-01T11:00", ["2026-01-01T17:00", "2026-01-01T23:00"]),
            ("5,35 14 * * ? *", "2026-01-01T14:05", ["2026-01-01T14:35", "2026-01-02T14:05"]),
            ("0 0 1 JAN,jul ? *", "2026-01-01T00:00", ["2026-07-01T00:00", "2027-01-01T00:00"]),
            ("0 0 1 1 ? 2030/20", "2026-01-01T00:00", ["2030-01-01T00:00", "2050-01-01T00:00"]),
        ]
    )
    func calendar(fields: String, after: String, expected: [String]) throws {
        #expect(try times(fields, after: after, expected.count) == expected)
    }

    @Test(
        "skip months that lack the day, and know leap years",
        arguments: [
            ("0 0 31 * ? *", "2026-03-31T00:00", ["2026-05-31T00:00", "2026-07-31T00:00"]),
            ("0 0 30 * ? *", "2026-01-30T00:00", ["2026-03-30T00:00", "2026-04-30T00:00"]),
            ("0 0 29 2 ? *", "2023-01-01T00:00", ["2024-02-29T00:00", "2028-02-29T00:00"]),
            ("0 0 29 2 ? *", "2096-02-29T00:00", ["2104-02-29T00:00", "2108-02-29T00:00"]),
            ("0 0 29 2 ? *", "1999-01-01T00:00", ["2000-02-29T00:00", "2004-02-29T00:00"]),
            ("59 23 31 12 ? *", "2024-12-31T23:58", ["2024-12-31T23:59", "2025-12-31T23:59"]),
        ]
    )
    func lengths(fields: String, after: String, expected: [String]) throws {
        #expect(try times(fields, after: after, expected.count) == expected)
    }

    @Test(
        "know last days, weekdays near a day, and the nth of a month",
        arguments: [
            ("0 0 L * ? *", "2024-01-31T00:00", ["2024-02-29T00:00", "2024-03-31T00:00"]),
            ("0 0 L-3 * ? *", "2023-01-31T00:00", ["2023-02-25T00:00", "2023-03-28T00:00"]),
            ("0 0 L-30 * ? *", "2023-02-01T00:00", ["2023-03-01T00:00", "2023-05-01T00:00"]),
            // 2026-01-31 is a Saturday, 2026-05-31 a Sunday.
            ("0 0 LW 1,5 ? *", "2026-01-01T00:00", ["2026-01-30T00:00", "2026-05-29T00:00"]),
            // 2026-08-01 is a Saturday, 2026-02-01 a Sunday.
            ("0 0 1W 2,8 ? *", "2026-01-01T00:00", ["2026-02-02T00:00", "2026-08-03T00:00"]),
            // 2026-08-15 is a Saturday, 2026-11-15 a Sunday.
            ("0 0 15W 8,11 ? *", "2026-01-01T00:00", ["2026-08-14T00:00", "2026-11-16T00:00"]),
            // 2026-05-31 is a Sunday and the last day; April has no 31st.
            ("0 0 31W 4,5 ? *", "2026-01-01T00:00", ["2026-05-29T00:00", "2027-05-31T00:00"]),
            ("0 0 ? * L *", "2026-11-21T00:00", ["2026-11-28T00:00", "2026-12-05T00:00"]),
            ("0 0 ? * 6L *", "2026-01-01T00:00", ["2026-01-30T00:00", "2026-02-27T00:00"]),
            ("0 0 ? * FRIL *", "2026-01-01T00:00", ["2026-01-30T00:00", "2026-02-27T00:00"]),
            ("0 0 ? * 3#2 *", "2026-11-01T00:00", ["2026-11-10T00:00", "2026-12-08T00:00"]),
            ("0 0 ? * SUN#5 *", "2026-01-01T00:00", ["2026-03-29T00:00", "2026-05-31T00:00"]),
        ]
    )
    func signs(fields: String, after: String, expected: [String]) throws {
        #expect(try times(fields, after: after, expected.count) == expected)
    }

    @Test(
        "go over the end of a range, but not of years",
        arguments: [
            ("0 22-1 * * ? *", "2026-01-01T22:00", ["2026-01-01T23:00", "2026-01-02T00:00"]),
            ("0 0 ? * SAT-MON *", "2026-11-21T00:00", ["2026-11-22T00:00", "2026-11-23T00:00"]),
            ("0 0 1 NOV-JAN ? *", "2026-11-01T00:00", ["2026-12-01T00:00", "2027-01-01T00:00"]),
        ]
    )
    func wrapping(fields: String, after: String, expected: [String]) throws {
        #expect(try times(fields, after: after, expected.count) == expected)
        #expect(throws: ScheduleError.self) { try Schedule("cron(0 0 1 1 ? 2030-2020)") }
    }

    @Test("end with their years")
    func years() throws {
        #expect(try times("0 0 1 1 ? 2026-2027", after: "2025-06-01T00:00", 3).count == 2)
        #expect(try times("0 0 1 1 ? 2020", after: "2026-01-01T00:00", 1).isEmpty)
        #expect(try times("0 0 1 1 ? *", after: "2199-01-01T00:00", 1).isEmpty)
        let schedule = try Schedule("cron(0 0 1 1 ? 2020)")
        let last = schedule.latest(upTo: instant("2026-01-01T00:00"), startedAt: 0)
        #expect(last.map(text) == "2020-01-01T00:00")
        #expect(schedule.latest(upTo: instant("2019-12-31T23:59"), startedAt: 0) == nil)
    }

    @Test("have the same order in both directions, to the microsecond")
    func directions() throws {
        let schedule = try Schedule("cron(0/7 5,17 ? FEB-MAR MON,FRI 2024-2026)")
        var time = instant("2024-01-01T00:00")
        var count = 0
        while let next = schedule.next(after: time, startedAt: 0) {
            #expect(schedule.latest(upTo: next, startedAt: 0) == next)
            let before = schedule.latest(upTo: next - 1, startedAt: 0)
            #expect(count == 0 ? before == nil : before == time)
            #expect(schedule.next(after: next - 1, startedAt: 0) == next)
            time = next
            count += 1
        }
        #expect(count == 18 * (17 + 17 + 17))
    }

    @Test(
        "of a rate count from its start",
        arguments: [
            ("rate(1 second)", 1), ("rate(5 minutes)", 300), ("rate(1 hour)", 3600),
            ("rate(12 hours)", 43_200), ("rate(1 day)", 86_400), ("rate(7 days)", 604_800),
        ] as [(String, Int64)]
    )
    func rate(expression: String, seconds: Int64) throws {
        let schedule = try Schedule(expression)
        let start: Int64 = 1_700_000_000_000_123
        let period = seconds * 1_000_000
        #expect(schedule.next(after: start, startedAt: start) == start + period)
        #expect(schedule.next(after: start + period - 1, startedAt: start) == start + period)
        #expect(schedule.next(after: start + period, startedAt: start) == start + 2 * period)
        #expect(
            schedule.latest(upTo: start + 5 * period + 1, startedAt: start) == start + 5 * period
        )
        // A clock that was set back has the same times.
        #expect(schedule.next(after: start - 1, startedAt: start) == start)
        #expect(schedule.latest(upTo: start - 1, startedAt: start) == start - period)
        #expect(schedule.times(3, after: start, startedAt: start).count == 3)
    }

    private func times(_ fields: String, after: String, _ count: Int) throws -> [String] {
        try Schedule("cron(\(fields))").times(count, after: instant(after), startedAt: 0).map(text)
    }
}
