import Buckets
import Glibc

/// What a handler wrote, as far as people want it.
public enum LogText {
    /// Logs are read from this many bytes before their end on.
    private static let tailBytes: Int64 = 16_384

    /// The last lines of a log that a handler wrote itself, at most 8; nil when there is no log.
    ///
    /// The lines by which Sluice frames a run (START, END, REPORT) are left out.
    public static func tail(of path: String, lines: Int = 8) -> [String]? {
        guard let bytes = end(of: path) else { return nil }
        let all = bytes.split(separator: UInt8(ascii: "\n")).map {
            PlainText.line(String(decoding: $0, as: UTF8.self))
        }
        return Array(all.filter { !isFrame($0) && !$0.allSatisfy(\.isWhitespace) }.suffix(lines))
    }

    /// Whether a line is one of those by which Sluice frames a run.
    public static func isFrame(_ line: some StringProtocol) -> Bool {
        ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "].contains {
            line.hasPrefix($0)
        }
    }

    private static func end(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let start = max(0, Int64(status.st_size) - tailBytes)
        var bytes = [UInt8](repeating: 0, count: Int(Int64(status.st_size) - start))
        let count = pread(file, &bytes, bytes.count, off_t(start))
        guard count >= 0 else { return nil }
        let read = bytes.prefix(count)
        guard start > 0 else { return Array(read) }
        // The first line is likely to be cut.
        return Array(read.drop { $0 != UInt8(ascii: "\n") })
    }
}
