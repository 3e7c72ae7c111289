/// What the kernel says happened in a watched folder.
struct FolderNotification {
    /// Which folder, as ``FolderNotifier/watch(_:)`` numbered it; -1 when the queue ran over.
    var watch: Int32
    /// The bits of `inotify(7)`.
    var mask: UInt32
    /// The name in the folder, as it is on disk; empty when the folder itself is meant.
    var name: [UInt8]
}

/// Why one folder is not watched.
enum WatchFailure: Error, Equatable {
    /// The user's limit of watches is reached.
    case limit
    /// The folder is gone, is no folder, or cannot be read: `errno`.
    case refused(Int32)
}

/// Where notifications about folders come from.
///
/// Used by one thread at a time.
protocol FolderNotifier: AnyObject {
    /// Watches one folder, not what is below it. The same folder again keeps its number.
    func watch(_ path: String) throws(WatchFailure) -> Int32
    /// Ends a watch; later notifications with its number mean nothing.
    func unwatch(_ watch: Int32)
    /// The next notification, nil when there is none; does not wait.
    func next() -> FolderNotification?
    /// Waits until there is a notification or the waker was used, at most that long; nil: for ever.
    func wait(milliseconds: Int32?)
    /// Upper bound of the bytes that lie ready, by the kernel's size of a notification.
    var backlog: Int { get }
    /// Forgets all watches and all notifications and begins anew.
    func restart() throws(BucketWatchError)
}

extension FolderNotification {
    /// What the kernel counts for this notification: its header and its name.
    var size: Int { 16 + name.count }
}
