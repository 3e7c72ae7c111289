public import Buckets
import Glibc

/// Makes sure that one daemon, or one run by hand without a daemon, works on a buckets folder.
///
/// A lock on `.sluice/lock`, which the kernel gives back when the process ends, see flock(2); the
/// file holds the process's number, and what it is if it is no daemon.
public struct BucketsLock: ~Copyable, Sendable {
    private let descriptor: Int32

    private static let handMark = " run by hand"

    /// Takes the lock, for a daemon or for a run by hand.
    ///
    /// - Throws: `DaemonError.inUse` with the holder's process, or `BucketsError`.
    public init(_ buckets: BucketsFolder, isByHand: Bool = false) throws {
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
            throw DaemonError.inUse(process: holder?.process, buckets: buckets.path)
        }
        ftruncate(file, 0)
        let text = Array("\(getpid())\(isByHand ? Self.handMark : "")\n".utf8)
        pwrite(file, text, text.count, 0)
        descriptor = file
    }

    deinit { close(descriptor) }

    /// The process of the daemon that holds the lock; nil when none does.
    public static func holder(of buckets: BucketsFolder) -> Int32? {
        let file = open(path(buckets), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        guard let holder = content(file), holder.isDaemon else { return nil }
        return holder.process
    }

    /// When the present holder took the lock, in microseconds since 1970.
    public static func heldSince(of buckets: BucketsFolder) -> Int64? {
        var status = stat()
        // Written once, by who takes the lock.
        guard stat(path(buckets), &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
    }

    private static func path(_ buckets: BucketsFolder) -> String { buckets.stateFolder + "/lock" }

    private static func content(_ file: Int32) -> (process: Int32, isDaemon: Bool)? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let line = String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
        return Int32(line.prefix { $0 != " " }).map { ($0, !line.hasSuffix(handMark)) }
    }
}
