import Buckets
import Glibc

/// The lines of a file, which may be larger than memory.
enum LineCount {
    /// How many line breaks a file has; nil where there is no such file.
    static func count(ofFile path: String) throws(BucketsError) -> Int64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw BucketsError(step: "open \(path)")
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var lines: Int64 = 0
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "read \(path)") }
            guard count > 0 else { return lines }
            lines += Int64(buffer[..<count].count { $0 == UInt8(ascii: "\n") })
        }
    }
}
