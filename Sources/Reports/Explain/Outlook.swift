import Buckets
import FunctionConfig
import Ledger

/// Says what happens next with what is not settled; looks at nothing but the story.
struct Outlook {
    let story: ObjectStory
    let config: FunctionConfig
    /// Microseconds since 1970.
    let now: Int64

    /// What is next of a step.
    func text(_ step: StepStory, _ version: VersionStory) -> String {
        let name = "\(step.function) of version \(version.sequencer)"
        guard let function = config.function(named: step.function),
            config.trigger(id: step.trigger) != nil
        else {
            return
                "\(name) waits for trigger `\(step.trigger)`, which the settings do not have any "
                + "more: it stays until they do"
        }
        if step.state == .running {
            guard story.daemon != nil else {
                return "\(name) was cut off; it runs again when `sluice up` starts"
            }
            let run = step.runs.last.map { " since \($0.startedAt.text) (run \($0.requestID))" }
            return "\(name) runs\(run ?? "")"
        }
        if function.concurrency == 0 {
            return
                "\(name) is queued, and functions.\(step.function).concurrency is 0, which pauses "
                + "it; raise it and start `sluice up` again"
        }
        let pause = story.pauses.first { $0.concerns(step.function, table: version.table) }
        if let pause {
            return "\(name) is paused since \(pause.since.text): "
                + pause.text(at: now, isRunning: story.daemon != nil)
        }
        let start = story.daemon == nil ? "; start `sluice up`, which does not run" : ""
        if step.state == .waiting, let due = step.dueAt {
            let attempt = "attempt \(step.attempts + 1) of \(function.retries + 1)"
            return "\(attempt) of \(name) is due \(due.age(at: now)) (\(due.text))\(start)"
        }
        let before = step.queuedBefore ?? 0
        let place = before == 0 ? "is next in its queue" : "is queued behind \(before) others"
        return "\(name) \(place)\(start)"
    }
}

extension DeliveryState {
    /// The state in a sentence: `is queued`, `is waiting for another try`.
    var word: String {
        switch self {
        case .queued: "queued"
        case .running: "running"
        case .waiting: "waiting for another try"
        case .done: "done"
        case .superseded: "superseded"
        case .dead: "given up"
        case .cancelled: "ended"
        case .purged: "given up and forgotten"
        }
    }
}
