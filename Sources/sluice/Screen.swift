import Daemon
import Dispatch
import Events
import Glibc
import Reports
import Synchronization

/// What `sluice up` says on standard error while it runs: lines, and below them, on a terminal, the
/// live view.
///
/// A thread of its own writes, so that a terminal or pipe that nobody reads holds up nobody else.
/// Of lines that wait for it the newest are kept. The live view is drawn with the cursor left at its
/// beginning, so that whatever a changed width has made of it, all of it stands behind the cursor.
final class Screen: Sendable {
    /// How many lines may wait to be written.
    private static let capacity = 8_192
    /// How often the view changes while something runs.
    private static let tick = DispatchTimeInterval.milliseconds(200)
    /// The least time between two writes to a terminal.
    private static let pace: useconds_t = 50_000

    private struct State {
        var lines: [String] = []
        var dropped = 0
        var summary = DaemonSummary()
        var hasNews = false
        var isEnding = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let isTerminal: Bool

    /// Begins to write; `isTerminal` is whether there is a live view.
    init() {
        isTerminal = Self.isUsableTerminal
        DispatchQueue(label: "sluice.screen").async { [self] in write() }
    }

    /// Writes a line above the live view.
    func say(_ line: String) {
        tell { state in
            if state.lines.count >= Self.capacity {
                state.lines.removeFirst(Self.capacity / 4)
                state.dropped += Self.capacity / 4
            }
            state.lines.append(line)
        }
    }

    /// Shows another state of the daemon.
    func show(_ summary: DaemonSummary) {
        guard isTerminal else { return }
        tell { $0.summary = summary }
    }

    /// Draws the view anew, because the terminal has another size.
    func redraw() {
        guard isTerminal else { return }
        tell { _ in }
    }

    /// Writes what waits and takes the live view away; returns when that is done.
    func end() async {
        await withCheckedContinuation { waiter in
            tell { state in
                state.isEnding = true
                state.waiter = waiter
            }
        }
    }

    private func tell(_ change: (inout State) -> Void) {
        let isFirst = state.withLock { state in
            change(&state)
            defer { state.hasNews = true }
            return !state.hasNews
        }
        if isFirst { news.signal() }
    }

    // MARK: - The thread

    private func write() {
        // A reader that goes away ends the writing, not the daemon.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)

        var meter = RateMeter()
        var isDrawn = false
        var isMoving = false
        while true {
            if isMoving {
                _ = news.wait(timeout: .now() + Self.tick)
            } else {
                news.wait()
            }
            let taken = state.withLock { state in
                defer {
                    state.lines = []
                    state.dropped = 0
                    state.hasNews = false
                }
                return state
            }
            let now = UTCTime.nowMicroseconds()
            meter.note(taken.summary.finished, at: now)
            var text = isDrawn ? "\r\u{1B}[J" : ""
            if taken.dropped > 0 {
                text += "(\(Amount.count(taken.dropped, "line")) left out: nothing read them)\n"
            }
            for line in taken.lines { text += line + "\n" }
            isDrawn = isTerminal && !taken.isEnding
            let rate = meter.rate(at: now)
            if isDrawn { text += Self.frame(taken.summary, rate: rate, at: now) }
            Self.write(text)
            if taken.isEnding {
                taken.waiter?.resume()
                return
            }
            guard isTerminal else { continue }
            isMoving = taken.summary.running > 0 || rate > 0 || !taken.summary.pauses.isEmpty
            usleep(Self.pace)
        }
    }

    /// The view and the way back to its beginning; lines are never wrapped.
    private static func frame(_ summary: DaemonSummary, rate: Double, at now: Int64) -> String {
        let size = terminalSize
        let lines = LiveFrame(
            summary,
            rate: rate,
            at: now,
            width: size.columns,
            height: size.rows - 1
        ).lines
        let back = lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : ""
        return "\u{1B}[?7l" + lines.joined(separator: "\n") + "\u{1B}[?7h\r" + back
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    STDERR_FILENO,
                    buffer.baseAddress.map { $0 + done },
                    bytes.count - done
                )
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var descriptor = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = poll(&descriptor, 1, -1)
                continue
            }
            guard count > 0 else { return }
            done += count
        }
    }

    // MARK: - The terminal

    /// Whether standard error is a terminal that can move its cursor.
    private static var isUsableTerminal: Bool {
        guard isatty(STDERR_FILENO) == 1, let kind = getenv("TERM") else { return false }
        return !["", "dumb"].contains(String(cString: kind))
    }

    private static var terminalSize: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
