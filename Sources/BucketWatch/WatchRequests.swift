import Events
import Synchronization

/// What other threads ask of the watch's thread.
final class WatchRequests: Sendable {
    /// What was asked since it was last taken.
    struct Pending {
        var tickets: [SettleTicket] = []
        var keys: [ObjectKey] = []
        var wantsScan = false
        var wantsEnd = false
    }

    private let state = Mutex((pending: Pending(), tickets: UInt64(0)))
    private let waker: Waker

    init(waker: Waker) { self.waker = waker }

    /// Asks for an answer once everything up to now is sent.
    func settle() -> SettleTicket {
        defer { waker.wake() }
        return state.withLock { state in
            state.tickets += 1
            let ticket = SettleTicket(number: state.tickets)
            state.pending.tickets.append(ticket)
            return ticket
        }
    }

    /// Asks for a look at one file.
    func look(at key: ObjectKey) {
        state.withLock { $0.pending.keys.append(key) }
        waker.wake()
    }

    /// Asks for a scan of everything.
    func scan() {
        state.withLock { $0.pending.wantsScan = true }
        waker.wake()
    }

    /// Asks the thread to end.
    func end() {
        state.withLock { $0.pending.wantsEnd = true }
        waker.wake()
    }

    /// Takes what was asked; only the wish to end stays.
    func take() -> Pending {
        state.withLock { state in
            defer { state.pending = Pending(wantsEnd: state.pending.wantsEnd) }
            return state.pending
        }
    }
}
