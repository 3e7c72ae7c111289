import CInotifyTools
import Glibc

/// Ends another thread's wait, through an `eventfd(2)`.
final class Waker: Sendable {
    /// Readable once ``wake()`` was called, until ``reset()``.
    let descriptor: Int32

    init() throws(BucketWatchError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw BucketWatchError(
                code: .limit,
                operation: "create an event descriptor",
                detail: String(errno: errno)
            )
        }
    }

    deinit { close(descriptor) }

    /// Ends the present wait, or the next one.
    func wake() { _ = eventfd_write(descriptor, 1) }

    /// Takes note of being woken.
    func reset() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }
}

extension String {
    /// The system's words for an error number.
    init(errno number: Int32) { self = String(cString: strerror(number)) }
}
