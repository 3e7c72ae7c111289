import CLinuxCalls
import Dispatch
import Glibc
import Synchronization

/// Copies what is added to a log to standard error, on a thread that the kernel wakes.
///
/// See inotify(7).
final class LogTail: Sendable {
    private let path: String
    /// Closed at its writing end when nothing more will be added.
    private let stop: (reading: Int32, writing: Int32)
    private let state = Mutex(State())

    private struct State {
        var hasEnded = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Begins with a file that is there; nil when the process has no more descriptors.
    init?(path: String) {
        var pipe: [Int32] = [0, 0]
        guard pipe2(&pipe, O_CLOEXEC) == 0 else { return nil }
        self.path = path
        stop = (pipe[0], pipe[1])
        DispatchQueue(label: "sluice.log").async { [self] in
            follow()
            let waiter = state.withLock { state in
                state.hasEnded = true
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// Copies what is left and returns.
    func end() async {
        close(stop.writing)
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiter = continuation }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func follow() {
        let log = open(path, O_RDONLY | O_CLOEXEC)
        let changes = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        defer { for file in [log, changes, stop.reading] where file >= 0 { close(file) } }
        inotify_add_watch(changes, path, UInt32(IN_MODIFY))
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            copy(log)
            var waits = [changes, stop.reading].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            _ = poll(&waits, 2, -1)
            if waits[1].revents != 0 { break }
            while read(changes, &block, block.count) > 0 {}
        }
        copy(log)
    }

    private func copy(_ log: Int32) {
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(log, &block, block.count)
            guard count > 0 else { return }
            Console.explain(bytes: block[..<count])
        }
    }
}
