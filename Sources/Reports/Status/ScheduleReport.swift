public import Events
public import FunctionConfig
public import Ledger

/// What `sluice status` tells of one schedule.
public struct ScheduleReport: Sendable, Encodable, Equatable {
    /// The trigger.
    public var trigger: String
    /// `cron(...)` or `rate(...)`.
    public var schedule: String
    /// The next time; nil when there is none any more.
    public var next: String?
    /// The newest time that came while nothing ran: it is caught up when `sluice up` starts.
    public var missed: String?
    /// The newest time that was recorded.
    public var last: String?
    /// How its newest run ended, by the words of the ledger; nil while it runs and before the first.
    public var outcome: String?
    /// Its newest run.
    public var requestID: String?

    /// Tells of a schedule that the ledger knows; nil when its expression cannot be read, which only
    /// another version of Sluice can have written.
    init?(_ recorded: RecordedSchedule, at now: Int64, isRunning: Bool) {
        guard let schedule = try? Schedule(recorded.expression) else { return nil }
        trigger = recorded.trigger
        self.schedule = recorded.expression
        next = schedule.next(after: now, startedAt: recorded.startedAt).map(Self.text)
        last = recorded.lastTime.map(Self.text)
        outcome = recorded.lastRun?.outcome?.rawValue
        requestID = recorded.lastRun?.requestID
        let latest = schedule.latest(upTo: now, startedAt: recorded.startedAt)
        if !isRunning, let latest, latest > recorded.settledAt { missed = Self.text(latest) }
    }

    /// When it was and will be, for a person.
    var text: String {
        var text = "next \(next ?? "never")"
        if let missed { text += ", missed \(missed) (`sluice up` catches it up)" }
        if let last {
            let state = requestID == nil ? "not run yet" : outcome ?? "running"
            text += ", last \(last): \(state)"
        }
        return text
    }

    /// `2026-01-31T23:59:00Z`.
    static func text(_ time: Int64) -> String {
        UTCTime.iso8601(microseconds: time).prefix(19) + "Z"
    }
}

/// What `sluice check` tells of the schedules in the settings.
public struct ComingTimes {
    /// The next times of each schedule trigger, in the order of the settings.
    public let times: [(trigger: String, schedule: Schedule, next: [String])]

    /// Looks ahead from a time in microseconds since 1970.
    ///
    /// A rate counts from when `sluice up` first met it; one that the ledger does not know, from now.
    public init(_ config: FunctionConfig, known: [RecordedSchedule], at now: Int64) {
        times = config.triggers.compactMap { trigger in
            guard case .schedule(let schedule) = trigger.source else { return nil }
            let recorded = known.first {
                $0.trigger == trigger.id && $0.expression == schedule.description
            }
            let start = recorded?.startedAt ?? now
            let next = schedule.times(3, after: now, startedAt: start)
            return (trigger.id, schedule, next.map(ScheduleReport.text))
        }
    }

    /// A line for each schedule.
    public var lines: [String] {
        times.map { trigger, schedule, next in
            "schedule \(trigger): \(schedule), next "
                + (next.isEmpty ? "never" : next.joined(separator: ", "))
        }
    }

    /// The times by trigger.
    public var json: JSONValue {
        .object(
            times.map { trigger, _, next in
                .init(name: trigger, value: .array(next.map { .string($0) }))
            }
        )
    }
}
