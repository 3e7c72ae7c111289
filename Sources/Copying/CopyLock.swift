import Buckets
import Glibc
import HandlerRuntime

/// Keeps two runs of one function from copying at once; see flock(2).
///
/// The program that copies inherits the open file: should the handler be killed alone, the lock
/// lasts until that program has ended, too.
struct CopyLock {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `HandlerError` of kind not now when another run has it.
    init(_ path: String, function: String) throws {
        let file = open(path, O_RDWR | O_CREAT, 0o644)
        guard file >= 0 else { throw BucketsError(step: "open \(path)") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw HandlerError.notNow(
                "AlreadyCopying",
                "another run of \(function) is copying; wait for its end"
            )
        }
        descriptor = file
    }

    func release() { close(descriptor) }
}
