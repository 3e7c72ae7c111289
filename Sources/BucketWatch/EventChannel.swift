import Glibc
import Synchronization

/// A bounded queue from the watch's thread to one task.
///
/// A full queue blocks the thread. The kernel then holds the notifications and, when its own queue
/// runs over, says so; the answer to that is a scan, so nothing is lost and nothing grows.
final class EventChannel: Sendable {
    private typealias Waiter = CheckedContinuation<Delivery, Never>

    /// What a receiver gets.
    enum Delivery: Sendable {
        case event(WatchEvent)
        case end(BucketWatchError?)
    }

    private struct State {
        var events: [WatchEvent] = []
        var waiter: Waiter?
        var end: Delivery?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let room: Semaphore

    init(capacity: Int) { room = Semaphore(count: capacity) }

    /// Hands an event over, waiting for room; does nothing once the receiver has closed.
    func send(_ event: WatchEvent) {
        room.take()
        let receiver: Waiter? = state.withLock { state in
            if state.isClosed { return nil }
            if let waiter = state.waiter.take() { return waiter }
            state.events.append(event)
            return nil
        }
        if let receiver { receiver.resume(returning: .event(event)) }
        if receiver != nil || state.withLock(\.isClosed) { room.give() }
    }

    /// Says that no more events come, after those that were sent.
    func finish(_ error: BucketWatchError?) {
        let waiter: Waiter? = state.withLock { state in
            state.end = .end(error)
            return state.waiter.take()
        }
        waiter?.resume(returning: .end(error))
    }

    /// Says that no more events are wanted; a waiting sender goes on.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.events = []
        }
        room.give()
    }

    /// The next event; the end when the sender has finished or the task is cancelled.
    func next() async -> Delivery {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let ready: Delivery? = state.withLock { state in
                    if !state.events.isEmpty { return .event(state.events.removeFirst()) }
                    if let end = state.end { return end }
                    if Task.isCancelled { return .end(nil) }
                    state.waiter = waiter
                    return nil
                }
                guard let ready else { return }
                if case .event = ready { room.give() }
                waiter.resume(returning: ready)
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(returning: .end(nil))
        }
    }
}

/// A counting semaphore of `sem_overview(7)`, for a thread that may block.
final class Semaphore: Sendable {
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    init(count: Int) {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, UInt32(count))
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Waits for the count to be above zero and takes one.
    func take() { while sem_wait(semaphore) != 0 && errno == EINTR {} }

    /// Adds one.
    func give() { sem_post(semaphore) }
}
