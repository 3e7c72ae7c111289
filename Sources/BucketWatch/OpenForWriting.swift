import Glibc

/// Whether somebody has a file open for writing, asked with one file lease.
///
/// A read lease is refused with `EAGAIN` while any process, this one included, has the file open
/// or mapped for writing (`fcntl(2)`, "Leases"). It is given back at once; a writer that comes in
/// between waits for microseconds. Leases need the file to be ours or `CAP_LEASE`, and a local file
/// system: elsewhere nobody can tell.
public enum OpenForWriting {
    // `F_SETSIG` and `F_SETLEASE` of Linux's `fcntl.h`, which the C library shows on demand only.
    private static let setSignal: Int32 = 10
    private static let setLease: Int32 = 1024

    /// What can be said of a file.
    public enum Answer: Sendable {
        /// Somebody has it open for writing.
        case open
        /// Nobody has.
        case closed
        /// It cannot be told.
        case unknown
    }

    /// Looks at one file.
    ///
    /// A file that cannot be opened for reading is not being written as far as anybody can tell;
    /// whoever reads it will say why it cannot.
    public static func answer(_ path: String) -> Answer {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return .closed }
        defer { close(file) }
        return answer(descriptor: file)
    }

    /// Looks at the file behind a descriptor for reading.
    public static func answer(descriptor file: Int32) -> Answer {
        // The signal for a broken lease would be SIGIO, which ends a process; SIGURG does nothing.
        _ = fcntl(file, Self.setSignal, SIGURG)
        if fcntl(file, Self.setLease, F_RDLCK) == 0 {
            _ = fcntl(file, Self.setLease, F_UNLCK)
            return .closed
        }
        return errno == EAGAIN ? .open : .unknown
    }

    /// Whether ``Answer/open`` means what it says at a path: some file systems of networks refuse
    /// every lease so.
    public static func isReliable(at path: String) -> Bool {
        SilentFileSystem.name(at: path).map(SilentFileSystem.hasLeases) ?? true
    }

    /// Whether a file is being written, or may be.
    ///
    /// Where nobody can tell it counts as written until it has not changed for ``quietPeriod``; `now`
    /// in nanoseconds since 1970.
    public static func isOpen(_ path: String, stamp: FileStamp, now: Int64) -> Bool {
        switch answer(path) {
        case .open where isReliable(at: path): true
        case .closed: false
        case .open, .unknown: now - stamp.changed < quietPeriod
        }
    }

    /// How long a file must stay unchanged, in nanoseconds, where leases cannot tell.
    static let quietPeriod: Int64 = 2_000_000_000
}
