import Glibc

/// Standard output in large pieces.
final class StandardOutput {
    private var buffer: [UInt8] = []

    func write(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count > 1 << 16 { flush() }
    }

    /// Forgets what is not written yet.
    func discard() { buffer.removeAll() }

    /// Writes what is left; ends the program quietly when nobody reads any more.
    func flush() {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(
                    STDOUT_FILENO,
                    bytes.baseAddress.map { $0 + written },
                    bytes.count - written
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                complain("cannot write to standard output: \(String(cString: strerror(errno)))")
                exit(1)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
