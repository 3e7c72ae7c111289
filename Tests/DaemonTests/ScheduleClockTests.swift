import FunctionConfig
import Ledger
import Testing

@testable import Daemon

@Suite("The clock of schedules")
struct ScheduleClockTests {
    private static let hour: Int64 = 3_600_000_000
    private static let settings = """
        { "functions": { "f": { "handler": "./f", "writes": [] } },
          "triggers": [
            { "id": "hourly", "function": "f", "schedule": "cron(0 * * * ? *)" },
            { "id": "rate", "function": "f", "schedule": "rate(2 hours)" },
            { "id": "files", "function": "f", "bucket": "stage-1" } ] }
        """

    /// Both schedules, known since the first half hour of 1970.
    private func clock(settledAt: Int64 = hour / 2) throws -> ScheduleClock {
        let config = try FunctionConfig(
            json: Self.settings,
            path: "/somewhere/functions.json",
            surroundings: .init(bucketsFolder: "/somewhere/buckets", environment: [:])
        )
        #expect(config.scheduleExpressions.keys.sorted() == ["hourly", "rate"])
        let recorded = config.scheduleExpressions.map { trigger, expression in
            RecordedSchedule(
                trigger: trigger,
                expression: expression,
                startedAt: Self.hour / 2,
                settledAt: settledAt
            )
        }
        return ScheduleClock(config, recorded)
    }

    private func due(_ clock: inout ScheduleClock, at hours: Double) -> [ScheduleClock.Due] {
        clock.take(at: Int64(hours * Double(Self.hour)))
    }

    private func time(_ trigger: String, _ hours: Double) -> ScheduleClock.Due {
        ScheduleClock.Due(trigger: trigger, time: Int64(hours * Double(Self.hour)))
    }

    @Test("tells each time once, when it has come")
    func order() throws {
        var clock = try clock()
        #expect(due(&clock, at: 0.5).isEmpty)
        #expect(clock.next(after: Self.hour / 2) == Self.hour)
        #expect(due(&clock, at: 0.999).isEmpty)
        #expect(due(&clock, at: 1) == [time("hourly", 1)])
        #expect(due(&clock, at: 1).isEmpty)
        #expect(due(&clock, at: 2) == [time("hourly", 2)])
        #expect(clock.next(after: 2 * Self.hour) == 2 * Self.hour + Self.hour / 2)
        #expect(due(&clock, at: 2.6) == [time("rate", 2.5)])
    }

    @Test("catches up the newest of the times that were missed, of each schedule")
    func missed() throws {
        var clock = try clock()
        #expect(due(&clock, at: 1000.75) == [time("hourly", 1000), time("rate", 1000.5)])
        #expect(due(&clock, at: 1000.75).isEmpty)
        #expect(due(&clock, at: 1001) == [time("hourly", 1001)])
    }

    @Test("goes on with the clock when that was set forward by mistake and back again")
    func setBack() throws {
        var clock = try clock()
        #expect(
            due(&clock, at: 9000).map(\.time) == [
                9000 * Self.hour - Self.hour * 3 / 2, 9000 * Self.hour,
            ]
        )
        let rewinds = [clock.rewind(to: 3 * Self.hour), clock.rewind(to: 3 * Self.hour)]
        #expect(rewinds == [true, false])
        #expect(due(&clock, at: 3).isEmpty)
        #expect(clock.next(after: 3 * Self.hour) == 4 * Self.hour)
        #expect(due(&clock, at: 4) == [time("hourly", 4)])
    }

    @Test("goes on where it stands when the clock was set back to before it began")
    func beforeStart() throws {
        var clock = try clock(settledAt: 100 * Self.hour)
        let isBehind = clock.rewind(to: 0)
        #expect(isBehind)
        #expect(clock.next(after: 0) == Self.hour / 2)
        #expect(due(&clock, at: 0.5) == [time("rate", 0.5)])
    }
}
