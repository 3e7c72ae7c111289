import Events
import Glibc

/// The log of one run: what the handler writes to standard error, between START and REPORT lines.
///
/// The handler writes straight into the file, so nothing is lost when the daemon dies.
struct RunLog: ~Copyable {
    let path: String
    private let descriptor: Int32

    /// Makes the file and the folders above it.
    ///
    /// - Throws: The system's error number.
    init(path: String) throws(RunLogError) {
        self.path = path
        var opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        if opened < 0, errno == ENOENT {
            Self.makeFolder(path)
            opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        }
        guard opened >= 0 else { throw RunLogError(path: path, number: errno) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// For the handler's standard error; open as long as the log is.
    var handlerDescriptor: Int32 { descriptor }

    /// Adds a line, on a line of its own whatever the handler wrote last.
    func line(_ text: String) {
        var bytes = Array((text + "\n").utf8)
        if let last = tail(1).last, last != UInt8(ascii: "\n") {
            bytes.insert(UInt8(ascii: "\n"), at: 0)
        }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }

    /// The last line that is not blank, at most 64 KiB of it.
    var lastLine: String {
        let lines = tail(65_536).split(separator: UInt8(ascii: "\n"))
        let last = lines.last { $0.contains { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 } }
        return last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func tail(_ length: Int) -> [UInt8] {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end > 0 else { return [] }
        let start = max(0, end - length)
        var bytes = [UInt8](repeating: 0, count: end - start)
        let count = pread(descriptor, &bytes, bytes.count, start)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func makeFolder(_ path: String) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o777)
        }
    }
}

/// Why a run has no log.
struct RunLogError: Error {
    let path: String
    let number: Int32
}
