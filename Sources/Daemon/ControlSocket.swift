import Buckets
import CLinuxCalls
import Glibc
import Synchronization

/// What happens on the control socket.
enum ControlEvent: Sendable {
    /// A client asks; answers go to its connection.
    case asked(ControlRequest, ControlConnection)
    /// A client whose request has not got its last answer has hung up.
    case left(UInt64)
}

/// Where other processes talk to a running daemon: the socket `.sluice/control`.
///
/// Clients are waited for on one thread and served on a thread each, at most 16 at once. Who holds
/// the ``BucketsLock`` may take the name, whatever a daemon that was killed has left there.
final class ControlSocket: Sendable {
    private static let mostClients = 16

    /// What happens; ends with ``end()``.
    let events: AsyncStream<ControlEvent>

    private let report: AsyncStream<ControlEvent>.Continuation
    private let buckets: BucketsFolder
    private let limit: Int
    private let state = Mutex(State())
    private let stop: (reading: Int32, writing: Int32)

    private struct State {
        var clients: [UInt64: ControlConnection] = [:]
        var nextID: UInt64 = 0
        var isEnding = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Makes the socket and listens for requests of at most `limit` bytes.
    init(_ buckets: BucketsFolder, limit: Int = ControlLine.limit) throws(BucketsError) {
        var pipe: [Int32] = [0, 0]
        guard pipe2(&pipe, O_CLOEXEC) == 0 else { throw BucketsError(step: "make a pipe") }
        stop = (pipe[0], pipe[1])
        self.buckets = buckets
        self.limit = limit
        // At most one request and one hang-up of each client.
        (events, report) = AsyncStream.makeStream()
        let socket: Int32
        do {
            socket = try UnixSocket.listen(in: buckets)
        } catch {
            close(pipe[0])
            close(pipe[1])
            throw error
        }
        BlockingThread.start { [self] in
            listen(socket)
            close(socket)
            close(stop.reading)
        }
    }

    /// Takes no more clients, and returns when those that are there have what was sent to them or
    /// have been let go.
    func end() async {
        UnixSocket.unlink(buckets)
        let clients = state.withLock { state in
            state.isEnding = true
            return Array(state.clients.values)
        }
        close(stop.writing)
        for client in clients { client.end() }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.clients.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
        report.finish()
    }

    private func listen(_ socket: Int32) {
        while true {
            var waits = [
                pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.reading, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waits, 2, -1)
            if waits[1].revents != 0 { return }
            guard ready > 0 else { continue }
            let client = accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            if client >= 0 {
                admit(client)
            } else if errno != EINTR, errno != EAGAIN, errno != ECONNABORTED {
                // No descriptors or no memory: they may come back.
                usleep(100_000)
            }
        }
    }

    private func admit(_ socket: Int32) {
        let connection = state.withLock { state -> ControlConnection? in
            guard !state.isEnding, state.clients.count < Self.mostClients else { return nil }
            state.nextID += 1
            guard let connection = ControlConnection(socket, id: state.nextID, limit: limit) else {
                return nil
            }
            state.clients[connection.id] = connection
            return connection
        }
        guard let connection else {
            close(socket)
            return
        }
        BlockingThread.start { [self] in
            connection.serve(
                asked: { report.yield(.asked($0, connection)) },
                left: { report.yield(.left(connection.id)) }
            )
            let waiter = state.withLock { state in
                state.clients[connection.id] = nil
                guard state.isEnding, state.clients.isEmpty else {
                    return nil as CheckedContinuation<Void, Never>?
                }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
