/// Tells one waiter that something has happened; rings before it listens are kept as one.
struct Doorbell: Sendable {
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Rings once.
    func ring() { continuation.yield() }

    /// Rings for the last time: the waiter's loop ends.
    func finish() { continuation.finish() }
}
