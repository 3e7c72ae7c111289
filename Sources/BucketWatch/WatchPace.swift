/// How often a watch looks at what the kernel will not tell it, in milliseconds.
struct WatchPace: Sendable {
    /// The pause between two looks at files that are open for writing.
    ///
    /// Only while there are any.
    var openFiles: Int64 = 1000
    /// The pause between two scans of folders of which not every change is told.
    ///
    /// Only while there are any.
    var rescan: Int64 = 60_000
    /// Whether notifications count; if not, every folder is scanned at intervals.
    var trustsNotifications = true
    /// How long a file must not have changed where nobody can tell whether it is open, in
    /// nanoseconds.
    var growth = OpenForWriting.quietPeriod
    /// The same where other machines write: for so long it must have been seen unchanged.
    var remoteGrowth: Int64 = 5_000_000_000
    /// From this age on a file counts as unchanged even if the clock of its machine is wrong, in
    /// nanoseconds.
    var longAgo: Int64 = 300_000_000_000
    /// The number of changes and of notifications that are handled together.
    var batch = 1000
    /// The number of events that wait for the receiver.
    var capacity = 64
}
