import Glibc

/// Stands in where the kernel gives no inotify instance: every folder is beyond the limit.
final class NoNotifier: FolderNotifier {
    private let waker: Waker

    init(waker: Waker) { self.waker = waker }

    func watch(_ path: String) throws(WatchFailure) -> Int32 { throw .limit }
    func unwatch(_ watch: Int32) {}
    func next() -> FolderNotification? { nil }
    func wait(milliseconds: Int32?) {
        var descriptor = pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, milliseconds ?? -1)
        waker.reset()
    }
    var backlog: Int { 0 }
    func restart() throws(BucketWatchError) {}
}
