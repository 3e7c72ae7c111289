import Events
import Ledger
import Testing

@Suite("The ledger of schedules")
struct ScheduleTests {
    private static let plan = DeliveryPlan(trigger: "nightly", function: "f")
    private static let failure = ScratchLedger.failure

    private let scratch: ScratchLedger
    private var ledger: Ledger { scratch.ledger }

    init() throws { scratch = try ScratchLedger() }

    private func fire(_ time: Int64) async throws -> RecordOutcome {
        try await ledger.fire(Self.plan, time: time, at: time + 1)
    }

    private func counts() async throws -> LedgerStatus.Counts {
        try #require(try await ledger.status().functions["f"])
    }

    @Test("begins with a new or changed expression, keeps others, forgets what is gone")
    func keeping() async throws {
        _ = try await ledger.keepSchedules(["a": "rate(1 day)", "b": "x"], at: 3_500_000)
        let kept = try await ledger.keepSchedules(
            ["a": "rate(1 day)", "b": "y", "c": "z"],
            at: 7_000_000
        )
        #expect(kept.map(\.trigger) == ["a", "b", "c"])
        #expect(kept.map(\.startedAt) == [3_000_000, 7_000_000, 7_000_000])
        #expect(kept.map(\.settledAt) == [3_500_000, 7_000_000, 7_000_000])
        let left = try await ledger.keepSchedules(["b": "y"], at: 9_000_000)
        #expect(left.map(\.trigger) == ["b"])
        let again = try await ledger.keepSchedules(["a": "rate(1 day)"], at: 11_000_000)
        #expect(again.map(\.settledAt) == [11_000_000])
    }

    @Test("gives each time one delivery, whatever the clock does")
    func once() async throws {
        _ = try await ledger.keepSchedules(["nightly": "x"], at: 1000)
        #expect(try await fire(5000).pending.map(\.order.rawValue) == [5000])
        try await scratch.runAll("r", .done)
        #expect(try await fire(5000).pending.isEmpty)
        try await ledger.rewindSchedules(to: 4000)
        #expect(try await ledger.schedules().map(\.settledAt) == [4000])
        #expect(try await fire(5000).pending.isEmpty)
        #expect(try await fire(4500).pending.count == 1)
        #expect(try await counts().done == 1)
    }

    @Test("keeps one time waiting, the newest")
    func joined() async throws {
        let first = try await fire(1000).pending
        let second = try await fire(2000)
        #expect(second.withdrawn == first.map(\.id))
        #expect(try await ledger.pending() == second.pending)
        let leased = try await scratch.begin("r", second.pending)
        #expect(leased.map(\.sequencer.rawValue) == [2000])
        #expect(leased.map(\.object) == [nil])

        let third = try await fire(3000)
        #expect(third.withdrawn.isEmpty)
        let fourth = try await fire(4000)
        #expect(fourth.withdrawn == third.pending.map(\.id))
        try await scratch.settle("r", leased, .done)
        #expect(try await ledger.pending().map(\.order.rawValue) == [4000])
        #expect(try await counts().superseded == 2)
    }

    @Test("hands attempts on to the time that takes the place of one that failed")
    func inherited() async throws {
        let failing = try await scratch.begin("r", try await fire(1000).pending, at: 1500)
        let retried = try await scratch.settle("r", failing, .retry(at: 9000, Self.failure))
        #expect(retried.pending.map(\.dueAt) == [9000])
        let next = try await fire(2000)
        #expect(next.withdrawn == failing.map(\.id))
        #expect(next.pending.map(\.dueAt) == [9000])
        let again = try await scratch.begin("s", next.pending, at: 9000)
        #expect(again.map(\.attempts) == [1])
        #expect(again.map(\.firstAttempt) == [1500])

        // The other way round: the next time comes while the run goes on that will fail.
        let queued = try await fire(3000)
        #expect(queued.pending.map(\.dueAt) == [nil])
        let failed = try await scratch.settle("s", again, .retry(at: 20_000, Self.failure))
        #expect(failed.pending.map(\.id) == queued.pending.map(\.id))
        #expect(failed.pending.map(\.dueAt) == [20_000])
        let last = try await scratch.begin("t", failed.pending, at: 20_000)
        #expect(last.map(\.attempts) == [2])
        try await scratch.settle("t", last, .dead(Self.failure))
        #expect(try await ledger.deadLetters().map(\.attempts) == [3])
    }

    @Test("keeps one dead letter, and none once a later time succeeds")
    func deadLetters() async throws {
        for time in [1000, 2000] as [Int64] {
            _ = try await fire(time)
            try await scratch.runAll("dead-\(time)", .dead(Self.failure))
        }
        let letters = try await ledger.deadLetters()
        #expect(letters.map(\.requestID) == ["dead-2000"])
        #expect(letters.map(\.trigger) == ["nightly"])
        _ = try await fire(3000)
        try await scratch.runAll("good", .done)
        #expect(try await ledger.deadLetters().isEmpty)
    }

    @Test("gives way to a later time that waits when it is queued again")
    func redriven() async throws {
        _ = try await fire(1000)
        try await scratch.runAll("r", .dead(Self.failure))
        #expect(try await ledger.redrive(function: "f", at: 1) == 1)
        #expect(try await ledger.pending().map(\.order.rawValue) == [1000])
        try await scratch.runAll("s", .dead(Self.failure))
        let next = try await fire(2000)
        #expect(try await ledger.redrive(function: "f", at: 1) == 1)
        #expect(try await ledger.pending().map(\.id) == next.pending.map(\.id))
    }

    @Test("runs again what was cut off, unless a later time waits")
    func interrupted() async throws {
        _ = try await scratch.begin("r", try await fire(1000).pending)
        #expect(try await ledger.requeueInterrupted(at: 1) == 1)
        #expect(try await ledger.pending().map(\.order.rawValue) == [1000])
        _ = try await scratch.begin("s", try await ledger.pending())
        _ = try await fire(2000)
        try await ledger.requeueInterrupted(at: 1)
        #expect(try await ledger.pending().map(\.order.rawValue) == [2000])
    }

    @Test("tells the newest time of a schedule, and its newest run")
    func told() async throws {
        _ = try await ledger.keepSchedules(["nightly": "x", "other": "y"], at: 500)
        _ = try await fire(1000)
        try await scratch.runAll("r", .done)
        _ = try await fire(2000)
        let schedules = try await ledger.schedules()
        #expect(schedules.map(\.lastTime) == [2000, nil])
        #expect(schedules.map(\.lastRun?.requestID) == ["r", nil])
        #expect(schedules.map(\.settledAt) == [2000, 500])
    }
}
