public import Buckets
import Events
import FoundationEssentials
public import FunctionConfig
import Glibc

/// Talks to the daemon that works on some buckets.
///
/// Each request is a connection of its own. Calls wait on threads of their own.
public struct ControlClient: Sendable {
    private let buckets: BucketsFolder

    /// A client of the daemon of these buckets, whether one runs or not.
    public init(_ buckets: BucketsFolder) { self.buckets = buckets }

    /// Tells the daemon that the open deliveries in the ledger have changed; nothing happens when
    /// none runs.
    public func reload() async { _ = await ask(ControlRequest(.reload)) { _ in } }

    /// What the daemon is doing; nil when none runs.
    public func figures() async -> ControlFigures? {
        guard case .figures(let figures) = await ask(ControlRequest(.status), told: { _ in }) else {
            return nil
        }
        return figures
    }

    /// Lets the daemon run a function by hand and waits for the end.
    ///
    /// The run ends with this process.
    ///
    /// - Parameters:
    ///   - run: The function and its event.
    ///   - config: The settings that this process has read; the daemon must have read the same file.
    ///   - told: Gets each answer when it comes, the last one too, on a thread of the client's.
    /// - Returns: The last answer: `ended`, `refused` or `ending`, or another one where the daemon
    ///   died before it could give them; nil when no daemon runs, or it has begun nothing.
    public func invoke(
        _ run: InvokeRequest,
        _ config: FunctionConfig,
        told: @escaping @Sendable (ControlAnswer) -> Void
    ) async -> ControlAnswer? {
        await ask(.invoke(run, config), told: told)
    }

    /// The last answer; nil when there was none.
    private func ask(
        _ request: ControlRequest,
        told: @escaping @Sendable (ControlAnswer) -> Void
    ) async -> ControlAnswer? {
        await WorkThread(name: "sluice.control").perform { [buckets] in
            guard let line = try? JSONText.encode(request),
                let socket = UnixSocket.connect(to: buckets)
            else { return nil }
            defer { close(socket) }
            guard ControlLine.send(Array(line) + [0x0A], to: socket, patience: 10_000) else {
                return nil
            }
            var lines = LineReader(socket: socket)
            var last: ControlAnswer?
            while let line = lines.next(),
                let answer = try? JSONDecoder().decode(ControlAnswer.self, from: Data(line))
            {
                last = answer
                told(answer)
            }
            return last
        }
    }
}

/// Lines that come in on a socket.
private struct LineReader {
    let socket: Int32
    private var rest: [UInt8] = []

    init(socket: Int32) { self.socket = socket }

    /// The next whole line; nil at the end, and when a line is too long.
    mutating func next() -> [UInt8]? {
        var block = [UInt8](repeating: 0, count: 65_536)
        var searched = 0
        while rest.count <= ControlLine.limit {
            if let newline = rest[searched...].firstIndex(of: 0x0A) {
                defer { rest.removeFirst(newline + 1) }
                return Array(rest[..<newline])
            }
            searched = rest.count
            let count = recv(socket, &block, block.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            rest += block[..<count]
        }
        return nil
    }
}
