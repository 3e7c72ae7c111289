import Events
import FunctionConfig

/// Knows which run an object may come from, so that loops can be counted.
///
/// An object that matches what a function writes and was modified while the function ran stems from
/// that run. Where several runs fit, the one nearest to the outside counts: a real loop has no
/// other, and nothing else is ever taken for one.
struct HopTracker: Sendable {
    /// The greatest number of runs between an object and what came from outside.
    static let limit = 16

    private struct Run: Sendable {
        var requestID: String
        var writes: [Glob]
        var hop: Int
        var startedAt: Int64
        var endedAt: Int64?
    }

    /// How long a run that ended is remembered: objects may be noticed that much later.
    private static let memory: Int64 = 60_000_000

    private var runs: [Run] = []

    /// A run of a function that writes `writes` began, on objects of at most `hop`.
    mutating func began(_ requestID: String, writes: [Glob], hop: Int, at now: Int64) {
        runs.removeAll { ($0.endedAt ?? now) < now - Self.memory }
        guard !writes.isEmpty else { return }
        runs.append(Run(requestID: requestID, writes: writes, hop: hop, startedAt: now))
    }

    /// A run ended.
    mutating func ended(_ requestID: String, at now: Int64) {
        guard let index = runs.lastIndex(where: { $0.requestID == requestID }) else { return }
        runs[index].endedAt = now
    }

    /// The hop of an object that was modified at a time in microseconds since 1970, and the run
    /// that it comes from; 0 and nil when it comes from outside.
    func origin(of object: ObjectKey, modifiedAt time: Int64) -> (hop: Int, requestID: String?) {
        let text = object.description
        // A file's time is that of the kernel's last tick, which lies a little behind the clock.
        let tick: Int64 = 10_000
        let candidates = runs.filter { run in
            time >= run.startedAt - tick && time <= (run.endedAt ?? .max)
                && run.writes.contains { $0.matches(text) }
        }
        guard let nearest = candidates.min(by: { $0.hop < $1.hop }) else { return (0, nil) }
        return (nearest.hop + 1, nearest.requestID)
    }
}
