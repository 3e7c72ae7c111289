import Dispatch

/// Threads for calls that block, so that none of them holds up the cooperative pool.
enum BlockingThread {
    /// Runs `body` on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "sluice.blocking").async(execute: body)
    }
}

/// One thread that does blocking work, one piece after the other.
struct WorkThread: Sendable {
    private let queue: DispatchQueue

    init(name: String) { queue = DispatchQueue(label: name) }

    /// Does a piece of work and returns what it made.
    func perform<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
