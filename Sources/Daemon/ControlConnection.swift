import CLinuxCalls
import Events
import FoundationEssentials
import Glibc
import Synchronization

/// One client of the control socket, on a thread of its own: its request, then the answers.
///
/// A client that sends no request within 10 s, sends too much, or takes no answers for 2 s is let
/// go. What it sends behind its request is not read. A client that hangs up is told of.
final class ControlConnection: Sendable {
    /// What tells it from others.
    let id: UInt64

    private let socket: Int32
    private let limit: Int
    /// Readable when there is something to send, or the end has come.
    private let wake: (reading: Int32, writing: Int32)
    private let outbox = Mutex(Outbox())

    private struct Outbox {
        var bytes: [UInt8] = []
        var isComplete = false
        var isClosed = false
    }

    /// How long a client may take to ask, in milliseconds.
    private static let patience: Int32 = 10_000
    /// How long it may take none of an answer that does not fit into the socket, in milliseconds.
    private static let sendPatience: Int32 = 2_000

    /// Takes over a socket, for a request of at most `limit` bytes; nil when the process has no more
    /// descriptors.
    init?(_ socket: Int32, id: UInt64, limit: Int) {
        var pipe: [Int32] = [0, 0]
        guard pipe2(&pipe, O_CLOEXEC | O_NONBLOCK) == 0 else { return nil }
        self.socket = socket
        self.id = id
        self.limit = limit
        wake = (pipe[0], pipe[1])
    }

    /// Sends an answer; with the last one the connection ends.
    ///
    /// Never waits: answers are kept until the client takes them, and there are at most three.
    func send(_ answer: ControlAnswer, isLast: Bool) {
        guard let text = try? JSONText.encode(answer) else { return }
        let line = Array(text) + [UInt8(ascii: "\n")]
        outbox.withLock { outbox in
            guard !outbox.isComplete, !outbox.isClosed else { return }
            outbox.bytes += line
            outbox.isComplete = isLast
            _ = write(wake.writing, "\n", 1)
        }
    }

    /// Ends the connection once the client has what was sent.
    func end() {
        outbox.withLock { outbox in
            outbox.isComplete = true
            if !outbox.isClosed { _ = write(wake.writing, "\n", 1) }
        }
    }

    /// Serves the client to its end: calls `asked` with its request and, if it hangs up before the
    /// last answer, `left`.
    func serve(asked: (ControlRequest) -> Void, left: () -> Void) {
        if let line = receive() {
            if let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line)) {
                asked(request)
            } else {
                send(
                    .refused(
                        "this is no request: send one line as {\"request\":\"reload\"}"
                    ),
                    isLast: true
                )
            }
            if !answer() { left() }
        }
        outbox.withLock { outbox in
            outbox.isClosed = true
            close(wake.reading)
            close(wake.writing)
            close(socket)
        }
    }

    /// The client's line; nil when there is none.
    private func receive() -> [UInt8]? {
        var line: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int64(Self.patience))
        while clock.now < end, outbox.withLock({ !$0.isComplete }) {
            guard wait(for: Int16(POLLIN), milliseconds: Self.patience) else { continue }
            let count = recv(socket, &block, block.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return nil }
            if let newline = block[..<count].firstIndex(of: 0x0A) {
                return line + block[..<newline]
            }
            line += block[..<count]
            guard line.count <= limit else {
                send(
                    .refused("the request is longer than \(limit) bytes"),
                    isLast: true
                )
                _ = answer()
                return nil
            }
        }
        return nil
    }

    /// Sends answers until the last one; false when the client has gone before.
    private func answer() -> Bool {
        while true {
            let (bytes, isComplete) = outbox.withLock { outbox in
                defer { outbox.bytes = [] }
                return (outbox.bytes, outbox.isComplete)
            }
            if !bytes.isEmpty {
                guard ControlLine.send(bytes, to: socket, patience: Self.sendPatience) else {
                    return false
                }
                continue
            }
            if isComplete { return true }
            // Nothing is read any more, only the end of the client is noticed.
            if wait(for: 0, milliseconds: -1) { return false }
        }
    }

    /// Waits until the socket is ready or hung up, or something is to be sent.
    ///
    /// - Returns: Whether it is the socket's turn.
    private func wait(for events: Int16, milliseconds: Int32) -> Bool {
        var waits = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waits, 2, milliseconds) > 0 else { return false }
        if waits[1].revents != 0 {
            var block = [UInt8](repeating: 0, count: 64)
            _ = read(wake.reading, &block, block.count)
        }
        return waits[0].revents != 0
    }
}
