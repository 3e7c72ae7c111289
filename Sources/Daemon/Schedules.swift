import Events
import FunctionConfig
import Ledger
import Logging

/// Records the times of schedules as deliveries when they come.
struct Schedules: Sendable {
    let config: FunctionConfig
    let ledger: Ledger
    let dispatcher: Dispatcher
    let logger: Logger

    /// When nobody waits for a time any more, the setting of the clock is still of interest.
    private static let never: Int64 = 32_503_680_000_000_000

    /// Catches up what was missed since the last call, then waits for times until the task is
    /// cancelled; returns at once when there are no schedules.
    func run() async throws {
        let persistence = Persistence(logger: logger)
        let recorded = try await persistence.keep { [ledger, config] in
            try await ledger.keepSchedules(
                config.scheduleExpressions,
                at: UTCTime.nowMicroseconds()
            )
        }
        guard !recorded.isEmpty else { return }
        var clock = ScheduleClock(config, recorded)
        let timer = try WallTimer()
        defer { timer.end() }
        for await _ in timer.rings {
            let now = UTCTime.nowMicroseconds()
            if clock.rewind(to: now) {
                logger.notice("the clock was set back; no time of a schedule comes twice")
                try await persistence.keep { [ledger] in
                    try await ledger.rewindSchedules(to: now)
                }
            }
            for due in clock.take(at: now) {
                guard let trigger = config.triggers.first(where: { $0.id == due.trigger }) else {
                    continue
                }
                let plan = DeliveryPlan(trigger: trigger.id, function: trigger.function)
                let outcome = try await persistence.keep { [ledger] in
                    try await ledger.fire(plan, time: due.time, at: now)
                }
                await dispatcher.recorded(outcome, at: now)
            }
            timer.set(to: clock.next(after: now) ?? Self.never)
        }
    }
}
