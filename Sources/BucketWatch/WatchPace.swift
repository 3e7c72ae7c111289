/// How often a watch looks at what the kernel will not tell it, in milliseconds.
struct WatchPace: Sendable {
    /// The pause between two looks at files that are open for writing.
    ///
    /// Only while there are any.
    var openFiles: Int64 = 1000
    /// The pause between two scans of folders that cannot be watched.
    ///
    /// Only while there are any.
    var unwatchedFolders: Int64 = 10_000
    /// The number of changes and of notifications that are handled together.
    var batch = 1000
    /// The number of events that wait for the receiver.
    var capacity = 64
}
