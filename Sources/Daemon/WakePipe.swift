public import Buckets
import Glibc
import Synchronization

/// How another process tells a running daemon that it has changed the ledger.
///
/// A FIFO, `.sluice/wake`: one byte in it makes the daemon read the ledger's open deliveries anew.
/// The daemon waits in read(2) on a thread of its own; nobody polls.
public final class WakePipe: Sendable {
    private let descriptor: Int32
    private let isEnding = Mutex(false)

    /// Wakes the daemon of these buckets; nothing happens when none runs.
    public static func wake(_ buckets: BucketsFolder) {
        let pipe = open(path(buckets), O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard pipe >= 0 else { return }
        defer { close(pipe) }
        _ = write(pipe, "\n", 1)
    }

    private static func path(_ buckets: BucketsFolder) -> String { buckets.stateFolder + "/wake" }

    /// Makes the pipe where it is missing, and listens; `woken` is called on the pipe's thread.
    init(_ buckets: BucketsFolder, woken: @escaping @Sendable () -> Void) throws(BucketsError) {
        let path = Self.path(buckets)
        unlink(path)
        guard mkfifo(path, 0o600) == 0 else { throw BucketsError(step: "make \(path)") }
        // Open for writing too, so that reading waits also while no other process has it open.
        let pipe = open(path, O_RDWR | O_CLOEXEC)
        guard pipe >= 0 else { throw BucketsError(step: "open \(path)") }
        descriptor = pipe
        BlockingThread.start { [self] in
            var bytes = [UInt8](repeating: 0, count: 512)
            while true {
                let count = read(pipe, &bytes, bytes.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0, !isEnding.withLock({ $0 }) else { break }
                woken()
            }
            close(pipe)
        }
    }

    /// Stops listening.
    func end() {
        isEnding.withLock { $0 = true }
        _ = write(descriptor, "\n", 1)
    }
}
