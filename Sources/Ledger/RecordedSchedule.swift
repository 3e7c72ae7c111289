/// A schedule as the ledger knows it.
public struct RecordedSchedule: Sendable, Equatable {
    /// The trigger.
    public var trigger: String
    /// The expression, `cron(...)` or `rate(...)`.
    public var expression: String
    /// When it began to count, in microseconds since 1970.
    public var startedAt: Int64
    /// Its times up to this one, in microseconds since 1970, are dealt with.
    public var settledAt: Int64
    /// The newest time that has a delivery, in microseconds since 1970; nil before the first.
    public var lastTime: Int64?
    /// The newest run for one of its times; nil before the first.
    public var lastRun: RecordedRun?

    /// Puts a schedule together.
    public init(
        trigger: String,
        expression: String,
        startedAt: Int64,
        settledAt: Int64,
        lastTime: Int64? = nil,
        lastRun: RecordedRun? = nil
    ) {
        self.trigger = trigger
        self.expression = expression
        self.startedAt = startedAt
        self.settledAt = settledAt
        self.lastTime = lastTime
        self.lastRun = lastRun
    }
}
