import Buckets
import CLinuxCalls
import Glibc

/// The socket `.sluice/control` of a buckets folder, as both of its ends see it.
///
/// An address holds at most 107 bytes. It is given by way of a descriptor of the state folder,
/// `/proc/self/fd/N/control`, so that the folder's own path may be as long as it likes; see unix(7)
/// and proc(5).
enum UnixSocket {
    private static func path(_ buckets: BucketsFolder) -> String {
        buckets.stateFolder + "/" + name
    }

    private static let name = "control"

    /// Removes the socket's name.
    static func unlink(_ buckets: BucketsFolder) { _ = Glibc.unlink(path(buckets)) }

    /// Makes the socket and listens; whatever lies at its name is replaced.
    ///
    /// Only the owner may connect: the mode is set before the name is there.
    ///
    /// - Returns: A descriptor that never blocks.
    static func listen(in buckets: BucketsFolder) throws(BucketsError) -> Int32 {
        let file = socket(AF_UNIX, kind | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard file >= 0 else { throw BucketsError(step: "make a socket") }
        unlink(buckets)
        let isListening =
            fchmod(file, 0o600) == 0 && withAddress(buckets) { bind(file, $0, $1) } == 0
            && Glibc.listen(file, 16) == 0
        guard isListening else {
            let error = BucketsError(step: "listen on \(path(buckets))")
            close(file)
            throw error
        }
        return file
    }

    /// Connects.
    ///
    /// - Returns: A descriptor; nil when nobody listens.
    static func connect(to buckets: BucketsFolder) -> Int32? {
        let file = socket(AF_UNIX, kind, 0)
        guard file >= 0 else { return nil }
        guard withAddress(buckets, { Glibc.connect(file, $0, $1) }) == 0 else {
            close(file)
            return nil
        }
        return file
    }

    private static var kind: Int32 { Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) }

    /// Calls `body` with the address; -1 with `errno` set when there is no state folder.
    private static func withAddress(
        _ buckets: BucketsFolder,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let folder = open(buckets.stateFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return -1 }
        defer {
            let reason = errno
            close(folder)
            errno = reason
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: "/proc/self/fd/\(folder)/\(name)".utf8)
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Lines of JSON on a socket.
enum ControlLine {
    /// The longest line: an event or an answer of 6 MiB of which each byte is escaped, and some.
    static let limit = 40 << 20

    /// Sends bytes to the end, or until nobody has taken any for some time.
    ///
    /// - Returns: Whether all were sent.
    static func send(_ bytes: [UInt8], to socket: Int32, patience milliseconds: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket,
                    $0.baseAddress.map { $0 + done },
                    bytes.count - done,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count > 0 {
                done += count
                continue
            }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { return false }
            var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&wait, 1, milliseconds)
            guard ready > 0 || ready < 0 && errno == EINTR else { return false }
        }
        return true
    }
}
