import Glibc

/// The limits of the system without which nothing can be begun.
///
/// With fewer threads than it needs the concurrency runtime waits without a word, so that is said
/// before. See getrlimit(2).
enum SystemLimits {
    /// Descriptors for the ledger, the watch, the control socket and a few runs.
    static let leastFiles: UInt = 64
    /// Processes and threads of a user: those of Sluice, of a handler and of its engine.
    static let leastProcesses: UInt = 64

    /// Looks whether the limits allow any work.
    ///
    /// - Throws: `DaemonError.limitTooLow`.
    static func check() throws(DaemonError) {
        try check(RLIMIT_NOFILE, "open files", "ulimit -n", leastFiles)
        // Root has no limit of processes.
        if geteuid() != 0 {
            try check(__RLIMIT_NPROC, "processes", "ulimit -u", leastProcesses)
        }
    }

    private static func check(
        _ resource: __rlimit_resource,
        _ name: String,
        _ command: String,
        _ least: UInt
    ) throws(DaemonError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < least
        else { return }
        throw .limitTooLow(name: name, limit: UInt(limit.rlim_cur), least: least, command: command)
    }
}
