import FunctionConfig
import Ledger

/// Decides which times of schedules have come; performs nothing itself.
///
/// Time arrives as an argument, in microseconds since 1970, so tests drive every path without
/// waiting.
struct ScheduleClock: Sendable {
    /// A time that has come.
    struct Due: Sendable, Equatable {
        var trigger: String
        var time: Int64
    }

    private struct Entry {
        var trigger: String
        var schedule: Schedule
        var startedAt: Int64
        var settledAt: Int64
    }

    private var entries: [Entry]

    /// The schedules of the settings, as the ledger knows them.
    init(_ config: FunctionConfig, _ recorded: [RecordedSchedule]) {
        entries = recorded.compactMap { known in
            config.schedule(ofTrigger: known.trigger).map { schedule in
                Entry(
                    trigger: known.trigger,
                    schedule: schedule,
                    startedAt: known.startedAt,
                    settledAt: known.settledAt
                )
            }
        }
    }

    /// Takes the times that have come since this was called last: the newest of each schedule, which
    /// stands for those that were missed.
    mutating func take(at now: Int64) -> [Due] {
        var due: [Due] = []
        for index in entries.indices {
            let entry = entries[index]
            guard
                let time = entry.schedule.latest(upTo: now, startedAt: entry.startedAt),
                time > entry.settledAt
            else { continue }
            entries[index].settledAt = time
            due.append(Due(trigger: entry.trigger, time: time))
        }
        return due.sorted { ($0.time, $0.trigger) < ($1.time, $1.trigger) }
    }

    /// Notes that the clock shows a time before one that is dealt with: it was set back.
    ///
    /// - Returns: Whether that is so.
    mutating func rewind(to now: Int64) -> Bool {
        var isBehind = false
        for index in entries.indices where entries[index].settledAt > now {
            entries[index].settledAt = now
            isBehind = true
        }
        return isBehind
    }

    /// When the next time comes; nil when none will.
    func next(after now: Int64) -> Int64? {
        entries.compactMap { $0.schedule.next(after: now, startedAt: $0.startedAt) }.min()
    }
}

extension FunctionConfig {
    /// The expressions of all schedule triggers, by trigger.
    var scheduleExpressions: [String: String] {
        triggers.reduce(into: [:]) { expressions, trigger in
            guard case .schedule(let schedule) = trigger.source else { return }
            expressions[trigger.id] = schedule.description
        }
    }

    /// The schedule of a trigger, if it has one.
    func schedule(ofTrigger id: String) -> Schedule? {
        guard case .schedule(let schedule) = triggers.first(where: { $0.id == id })?.source else {
            return nil
        }
        return schedule
    }
}
