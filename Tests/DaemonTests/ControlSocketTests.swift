import Buckets
import Events
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Daemon

@Suite("The control socket")
struct ControlSocketTests {
    /// A socket whose requests are answered with figures that name them, except `invoke`, which is
    /// never answered.
    private final class Server: Sendable {
        let buckets: BucketsFolder
        let socket: ControlSocket
        let folder: ScratchFolder
        /// The clients that have gone before they were answered.
        let left: AsyncStream<UInt64>
        private let work: Task<Void, Never>

        init(path: String = "buckets", limit: Int = ControlLine.limit) throws {
            folder = try ScratchFolder()
            buckets = BucketsFolder(path: folder.path(path))
            try buckets.prepare()
            let socket = try ControlSocket(buckets, limit: limit)
            self.socket = socket
            let (left, leaving) = AsyncStream<UInt64>.makeStream()
            self.left = left
            work = Task {
                for await event in socket.events {
                    switch event {
                    case .asked(let request, let connection):
                        if request.request != .invoke { connection.send(.done, isLast: true) }
                    case .left(let id): leaving.yield(id)
                    }
                }
                leaving.finish()
            }
        }

        func end() async {
            await socket.end()
            await work.value
        }

        /// A client that sends bytes and says nothing more.
        func client(_ text: String = "") throws -> Client {
            let client = Client(descriptor: try #require(UnixSocket.connect(to: buckets)))
            client.send(text)
            return client
        }
    }

    private struct Client {
        let descriptor: Int32

        func send(_ text: String) {
            let isSent = ControlLine.send(Array(text.utf8), to: descriptor, patience: 10_000)
            #expect(isSent)
        }

        /// All that is answered until the other side hangs up.
        func answer() async -> String {
            await WorkThread(name: "test").perform { [descriptor] in
                var answer: [UInt8] = []
                var block = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = recv(descriptor, &block, block.count, 0)
                    guard count > 0 else { break }
                    answer += block[..<count]
                }
                close(descriptor)
                return String(decoding: answer, as: UTF8.self)
            }
        }
    }

    private static let done = #"{"answer":"done"}"# + "\n"
    private static let reload = #"{"request":"reload"}"# + "\n"
    private static let invoke = #"{"request":"invoke","function":"f","event":"{}"}"# + "\n"

    @Test("answers one line with lines and hangs up")
    func answers() async throws {
        let server = try Server()
        #expect(try await server.client(Self.reload).answer() == Self.done)
        #expect(try await server.client(Self.reload + "and more of it").answer() == Self.done)
        let inParts = try server.client(#"{"request":"#)
        inParts.send(#""reload"}"#)
        inParts.send("\n")
        #expect(await inParts.answer() == Self.done)
        await server.end()
    }

    @Test("is open to nobody else, and gone at the end")
    func mode() async throws {
        let server = try Server()
        var status = stat()
        #expect(lstat(server.folder.path("buckets/.sluice/control"), &status) == 0)
        #expect(status.st_mode == S_IFSOCK | 0o600)
        await server.end()
        #expect(!server.folder.holds("buckets/.sluice/control"))
        #expect(UnixSocket.connect(to: server.buckets) == nil)
    }

    @Test("is found below a path of any length")
    func longPath() async throws {
        let name = String(repeating: "long-name-", count: 12)
        let server = try Server(path: "\(name)/\(name)/buckets")
        #expect(try await server.client(Self.reload).answer() == Self.done)
        await server.end()
    }

    @Test("takes the place of whatever lies there", arguments: [true, false])
    func stale(isSocket: Bool) async throws {
        let former = try Server()
        if isSocket {
            // The name stays when nobody unlinks it: a socket to which nobody listens.
            let path = former.folder.path("buckets/.sluice/control")
            #expect(rename(path, path + ".kept") == 0)
            await former.end()
            #expect(rename(path + ".kept", path) == 0)
        } else {
            await former.end()
            try former.folder.write("x", to: "buckets/.sluice/control")
        }
        #expect(UnixSocket.connect(to: former.buckets) == nil)
        let socket = try ControlSocket(former.buckets)
        let client = try #require(UnixSocket.connect(to: former.buckets))
        close(client)
        await socket.end()
    }

    @Test(
        "refuses what is no request",
        arguments: [
            "rubbish\n", "\n", "{}\n", "[1]\n", #"{"request":"nonsense"}"# + "\n", "\0\0\n",
        ]
    )
    func rubbish(line: String) async throws {
        let server = try Server()
        let answer = try await server.client(line).answer()
        #expect(answer.hasPrefix(#"{"answer":"refused","message":"this is no request"#))
        #expect(try await server.client(Self.reload).answer() == Self.done)
        await server.end()
    }

    @Test("refuses a line without an end")
    func tooLong() async throws {
        let server = try Server(limit: 1000)
        let client = try server.client(String(repeating: "x", count: 1001))
        #expect(await client.answer().contains("longer than 1000 bytes"))
        let most = Self.reload.dropLast() + String(repeating: " ", count: 900) + "\n"
        #expect(try await server.client(String(most)).answer() == Self.done)
        await server.end()
    }

    @Test("is not held up by clients that say nothing, and has a bounded number of them")
    func silent() async throws {
        let server = try Server()
        var clients: [Client] = []
        for _ in 0..<15 { clients.append(try server.client()) }
        #expect(try await server.client(Self.reload).answer() == Self.done)
        let asking = try server.client(Self.invoke)
        // Sixteen are served: one more is let go at once.
        #expect(try await server.client().answer() == "")
        // All are let go at the end.
        await server.end()
        #expect(await asking.answer() == "")
        for client in clients { #expect(await client.answer() == "") }
    }

    @Test("tells of a client that hangs up, but not of one that has only said all it has to say")
    func hangUp() async throws {
        let server = try Server()
        let patient = try server.client(Self.invoke)
        shutdown(patient.descriptor, Int32(SHUT_WR))
        let hasty = try server.client(Self.invoke)
        close(hasty.descriptor)
        var left = server.left.makeAsyncIterator()
        #expect(await left.next() == 2)
        close(patient.descriptor)
        #expect(await left.next() == 1)
        await server.end()
        #expect(await left.next() == nil)
    }
}
