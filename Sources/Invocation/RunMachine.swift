/// Decides when a running handler has to be ended; performs nothing itself.
///
/// Time arrives as an argument, so tests drive every path without sleeping.
struct RunMachine<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    /// What to do to the handler's process group.
    enum Action: Equatable, Sendable {
        case none, terminate, kill
    }

    /// Why the handler was ended before it ended itself.
    enum Verdict: Equatable, Sendable {
        case timeout, memory, output
    }

    private enum State {
        case running
        case terminating(killAt: Instant)
        case killed
    }

    /// Set once the handler is to be ended.
    private(set) var verdict: Verdict?
    /// The most memory seen, in bytes.
    private(set) var peakMemory: Int64 = 0

    private let deadline: Instant
    private let memoryLimit: Int64
    private let grace: Duration
    private var state = State.running

    init(startedAt now: Instant, timeout: Duration, memoryLimit: Int64, grace: Duration) {
        deadline = now.advanced(by: timeout)
        self.memoryLimit = memoryLimit
        self.grace = grace
    }

    /// Called from time to time with the memory that the group holds, in bytes.
    mutating func tick(at now: Instant, memory: Int64) -> Action {
        peakMemory = max(peakMemory, memory)
        switch state {
        case .running where memory > memoryLimit:
            return kill(.memory)
        case .running where now >= deadline:
            verdict = .timeout
            state = .terminating(killAt: now.advanced(by: grace))
            return .terminate
        case .terminating(let killAt) where now >= killAt || memory > memoryLimit:
            state = .killed
            return .kill
        case .running, .terminating, .killed:
            return .none
        }
    }

    /// Called when the handler has written more than it may.
    mutating func outputExceeded() -> Action { kill(.output) }

    /// When the next call of ``tick(at:memory:)`` must come at the latest; nil: as one likes.
    var nextTick: Instant? {
        switch state {
        case .running: deadline
        case .terminating(let killAt): killAt
        case .killed: nil
        }
    }

    private mutating func kill(_ reason: Verdict) -> Action {
        guard case .running = state else { return .none }
        verdict = reason
        state = .killed
        return .kill
    }
}
