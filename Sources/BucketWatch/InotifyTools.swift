import CInotifyTools
import Glibc

/// libinotifytools as a ``FolderNotifier``.
///
/// The library keeps one descriptor, its trees and its event buffer in global variables, so there
/// is one of these in a process. It hides the descriptor, which is looked up in `/proc/self/fd`:
/// it must be closed in programs that are started, and waiting needs it.
final class InotifyTools: FolderNotifier {
    private static let turn = Semaphore(count: 1)
    private static let mask =
        UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)
        | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
    /// The library reads at most this many bytes at once.
    private static let bufferSize = 65536

    private let waker: Waker
    private var isMine = false
    private var descriptor: Int32 = -1
    // The library finds a number by name and never forgets a name whose folder was deleted, so a
    // folder that comes again is given to it under another spelling: the count of its former lives
    // in binary, `./` for a one and `/` for a zero.
    private var formerLives: [ExactText: Int] = [:]
    private var known: [Int32: ExactText] = [:]

    /// Waits until no other one is left in this process.
    init(waker: Waker) throws(BucketWatchError) {
        self.waker = waker
        Self.turn.take()
        isMine = true
        try open()
    }

    // Runs also when `init` throws.
    deinit {
        guard isMine else { return }
        close()
        Self.turn.give()
    }

    func watch(_ path: String) throws(WatchFailure) -> Int32 {
        let folder = path.hasSuffix("/") ? path : path + "/"
        let lives = formerLives[ExactText(folder)] ?? 0
        let spelled =
            lives == 0
            ? folder
            : String(lives, radix: 2).reduce(folder) { path, digit in
                path + (digit == "1" ? "./" : "/")
            }
        guard inotifytools_watch_file(spelled, Int32(bitPattern: Self.mask)) == 1 else {
            let reason = inotifytools_error()
            throw reason == ENOSPC || reason == ENOMEM ? .limit : .refused(reason)
        }
        let number = inotifytools_wd_from_filename(spelled)
        guard number > 0 else { throw .refused(ENOENT) }
        known[number] = ExactText(folder)
        return number
    }

    func unwatch(_ watch: Int32) {
        guard let folder = known.removeValue(forKey: watch) else { return }
        if inotifytools_remove_watch_by_wd(watch) == 0 { formerLives[folder, default: 0] += 1 }
    }

    func next() -> FolderNotification? {
        var ready = inotifytools_next_events(0, 1)
        while ready == nil, inotifytools_error() == EINTR { ready = inotifytools_next_events(0, 1) }
        guard let event = ready else { return nil }
        let length = Int(event.pointee.len)
        let name = UnsafeRawPointer(event).advanced(by: MemoryLayout<inotify_event>.size)
        let bytes = UnsafeRawBufferPointer(start: name, count: length)
        let notification = FolderNotification(
            watch: event.pointee.wd,
            mask: event.pointee.mask,
            name: Array(bytes.prefix { $0 != 0 })
        )
        if notification.mask & UInt32(IN_IGNORED) != 0,
            let folder = known.removeValue(forKey: notification.watch)
        {
            formerLives[folder, default: 0] += 1
        }
        return notification
    }

    func wait(milliseconds: Int32?) {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, milliseconds ?? -1)
        waker.reset()
    }

    var backlog: Int {
        var bytes: Int32 = 0
        _ = ioctl(descriptor, UInt(FIONREAD), &bytes)
        return Int(bytes) + Self.bufferSize
    }

    func restart() throws(BucketWatchError) {
        close()
        try open()
    }

    private func open() throws(BucketWatchError) {
        let before = Self.inotifyDescriptors()
        guard inotifytools_initialize() == 1 else {
            let reason = inotifytools_error()
            throw BucketWatchError(
                code: .limit,
                operation: "watch folders",
                detail: reason == EMFILE
                    ? "the limit of inotify instances is reached; raise fs.inotify.max_user_instances"
                    : String(errno: reason)
            )
        }
        guard let mine = Self.inotifyDescriptors().subtracting(before).first else {
            inotifytools_cleanup()
            throw BucketWatchError(
                code: .unreachable,
                operation: "watch folders",
                detail: "/proc/self/fd does not show the inotify descriptor; mount /proc"
            )
        }
        descriptor = mine
        _ = fcntl(mine, F_SETFD, FD_CLOEXEC)
    }

    private func close() {
        guard descriptor >= 0 else { return }
        // The library's event buffer outlives its clean-up: an empty descriptor in the place of
        // its own makes it hand out what is left and then say that there is no more.
        let empty = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if empty >= 0 {
            dup2(empty, descriptor)
            Glibc.close(empty)
        }
        while inotifytools_next_events(0, 1) != nil {}
        inotifytools_cleanup()
        descriptor = -1
        formerLives = [:]
        known = [:]
    }

    /// This process's descriptors that are inotify instances.
    private static func inotifyDescriptors() -> Set<Int32> {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: Set<Int32> = []
        var target = [CChar](repeating: 0, count: 64)
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let number = Int32(name) else { continue }
            let length = readlinkat(dirfd(folder), name, &target, target.count)
            let bytes = target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
            if bytes.elementsEqual("anon_inode:inotify".utf8) { found.insert(number) }
        }
        return found
    }
}
