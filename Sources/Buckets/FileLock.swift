import Glibc

/// A lock on a file, which ends with the process that holds it, however that ends; see flock(2).
public enum FileLock {
    /// Waits for the lock on `path`, runs `body`, and gives the lock back.
    ///
    /// - Throws: `BucketsError` where the file cannot be opened or locked; what `body` throws.
    public static func whileHeld<Result>(
        _ path: String,
        _ body: () throws -> Result
    ) throws -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw BucketsError(step: "lock \(path)") }
        }
        return try body()
    }
}
