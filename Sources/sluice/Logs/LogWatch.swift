import Buckets
import Dispatch
import Glibc

/// Tells when logs and the ledger are written, and when nobody reads standard output any more.
///
/// See inotify(7). Logs lie in a folder for each function, year, month and day: of each level the
/// newest folder is watched, and every one that comes.
final class LogWatch: Sendable {
    /// What has happened.
    enum Wake: Sendable {
        /// Files were written or made, by path; after a loss any may have been.
        case changes(Set<String>, mayHaveLost: Bool)
        /// Standard output has no reader.
        case closed
    }

    private static let mask = UInt32(IN_CREATE | IN_MODIFY | IN_ONLYDIR)
    private static let bufferSize = 1 << 16

    private let descriptor: Int32
    private let state: String
    /// The folder of all logs.
    private let logs: String
    /// The folder whose logs count; it need not exist yet.
    private let root: String
    private let queue = DispatchQueue(label: "sluice.logs")
    /// Owned by the queue.
    nonisolated(unsafe) private var folders: [Int32: String] = [:]

    /// Begins to watch the logs of a function, or of all.
    init(_ buckets: BucketsFolder, function: String?) throws(BucketsError) {
        state = buckets.stateFolder
        logs = state + "/logs"
        root = function.map { [logs] in logs + "/" + $0 } ?? logs
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw BucketsError(step: "watch \(logs)") }
        queue.sync {
            add(state)
            addTree(logs, newestOnly: true)
        }
    }

    deinit { close(descriptor) }

    /// Watches the folder of one more log.
    func add(folderOf log: String) { queue.sync { add(FilePath.parent(of: log)) } }

    /// Waits for the next thing to happen.
    func next() async -> Wake {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: wait()) }
        }
    }

    // MARK: - On the queue

    private func add(_ folder: String) {
        let number = inotify_add_watch(descriptor, folder, Self.mask)
        if number >= 0 { folders[number] = folder }
    }

    /// Watches a folder and those below it; the answer are the logs that lie there.
    @discardableResult
    private func addTree(_ folder: String, newestOnly: Bool) -> [String] {
        guard concerns(folder) else { return [] }
        add(folder)
        let names = (try? FilePath.names(in: folder)) ?? []
        let found = names.filter { $0.hasSuffix(".log") }.map { folder + "/" + $0 }
        var below = names.filter { !$0.hasSuffix(".log") }
        // Folders of functions have no order, those of days have.
        if newestOnly, folder != logs { below = below.suffix(1) }
        return below.reduce(found) {
            $0 + addTree(folder + "/" + $1, newestOnly: newestOnly)
        }
    }

    /// Whether a folder is that whose logs count, or above or below it.
    private func concerns(_ folder: String) -> Bool {
        folder == root || folder.hasPrefix(root + "/") || root.hasPrefix(folder + "/")
    }

    private func wait() -> Wake {
        while true {
            var descriptors = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                // Nothing is asked of it: its errors are told all the same.
                pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
            ]
            if poll(&descriptors, 2, -1) < 0, errno == EINTR { continue }
            if descriptors[1].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { return .closed }
            var paths: Set<String> = []
            let hasLost = read(into: &paths)
            if !paths.isEmpty || hasLost { return .changes(paths, mayHaveLost: hasLost) }
        }
    }

    /// Reads what lies ready; the answer is whether something was lost.
    private func read(into paths: inout Set<String>) -> Bool {
        var hasLost = false
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.bufferSize, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer, Self.bufferSize)
            guard count > 0 else { return hasLost }
            var offset = 0
            while offset < count {
                let event = (buffer + offset).load(as: inotify_event.self)
                let name = buffer + offset + MemoryLayout<inotify_event>.size
                offset += MemoryLayout<inotify_event>.size + Int(event.len)
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { hasLost = true }
                guard let folder = folders[event.wd], event.len > 0 else { continue }
                let text = String(cString: name.assumingMemoryBound(to: CChar.self))
                take(folder + "/" + text, &paths)
            }
        }
    }

    private func take(_ path: String, _ paths: inout Set<String>) {
        if path.hasSuffix(".log") || FilePath.name(of: path).hasPrefix("ledger.sqlite") {
            paths.insert(path)
        } else if path.hasPrefix(logs) {
            // A new folder, and what came into it before it was watched.
            paths.formUnion(addTree(path, newestOnly: false))
        }
    }
}
