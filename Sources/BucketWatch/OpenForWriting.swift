import Glibc

/// Whether somebody has a file open for writing, asked with one file lease.
///
/// A read lease is refused with `EAGAIN` while any process, this one included, has the file open
/// or mapped for writing (`fcntl(2)`, "Leases"). It is given back at once; a writer that comes in
/// between waits for microseconds. Leases need the file to be ours or `CAP_LEASE`, and a local file
/// system: elsewhere a file counts as being written until it has not changed for
/// ``FileStamp/quietPeriod``.
public enum OpenForWriting {
    // `F_SETSIG` and `F_SETLEASE` of Linux's `fcntl.h`, which the C library shows on demand only.
    private static let setSignal: Int32 = 10
    private static let setLease: Int32 = 1024

    /// Looks at one file, whose stamp was taken before.
    ///
    /// A file that cannot be opened for reading is not being written as far as anybody can tell;
    /// whoever reads it will say why it cannot.
    public static func isOpen(_ path: String, stamp: FileStamp, now: Int64) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return false }
        defer { close(file) }
        // The signal for a broken lease would be SIGIO, which ends a process; SIGURG does nothing.
        _ = fcntl(file, Self.setSignal, SIGURG)
        if fcntl(file, Self.setLease, F_RDLCK) == 0 {
            _ = fcntl(file, Self.setLease, F_UNLCK)
            return false
        }
        return errno == EAGAIN || !stamp.isQuiet(at: now)
    }
}

extension FileStamp {
    /// How long a file must stay unchanged, in nanoseconds, where leases cannot tell.
    static let quietPeriod: Int64 = 2_000_000_000

    /// Whether the file has not changed for the quiet period; `now` in nanoseconds since 1970.
    func isQuiet(at now: Int64) -> Bool { now - max(modified, changed) >= Self.quietPeriod }
}
