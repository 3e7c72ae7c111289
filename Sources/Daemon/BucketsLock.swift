public import Buckets
import Glibc

/// Makes sure that one daemon at a time works on a buckets folder.
///
/// A lock on `.sluice/lock`, which the kernel gives back when the process ends, see flock(2); the
/// file holds the process's number.
public struct BucketsLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `DaemonError.inUse` with the holder's process, or `BucketsError`.
    public init(_ buckets: BucketsFolder) throws {
        let path = Self.path(buckets)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw BucketsError(step: "open \(path)") }
        // Who only asks for the holder has the lock for a moment, and so has a child that a daemon
        // was just starting when it was killed.
        var isLocked = flock(file, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<50 where !isLocked {
            usleep(10_000)
            isLocked = flock(file, LOCK_EX | LOCK_NB) == 0
        }
        guard isLocked else {
            let holder = Self.content(file)
            close(file)
            throw DaemonError.inUse(process: holder, buckets: buckets.path)
        }
        ftruncate(file, 0)
        let text = Array("\(getpid())\n".utf8)
        pwrite(file, text, text.count, 0)
        descriptor = file
    }

    deinit { close(descriptor) }

    /// The process that holds the lock; nil when none does.
    public static func holder(of buckets: BucketsFolder) -> Int32? {
        let file = open(path(buckets), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        return content(file)
    }

    /// When the present holder took the lock, in microseconds since 1970.
    public static func heldSince(of buckets: BucketsFolder) -> Int64? {
        var status = stat()
        // Written once, by who takes the lock.
        guard stat(path(buckets), &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
    }

    private static func path(_ buckets: BucketsFolder) -> String { buckets.stateFolder + "/lock" }

    private static func content(_ file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
