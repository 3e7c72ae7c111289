import Buckets
import Glibc

/// A file that a process has open for writing.
public struct OpenFile: Sendable, Encodable, Equatable {
    /// The process.
    public var pid: Int32
    /// Its program's name.
    public var program: String
}

/// Finds who has files open for writing, in what proc(5) shows.
///
/// Only processes that the caller may look into are seen: its own user's, or all for root.
public enum OpenFiles {
    /// The files below a folder that some process has open for writing, by path.
    ///
    /// `folder` is an absolute path without symbolic links.
    public static func writers(below folder: String) -> [String: [OpenFile]] {
        var found: [String: [OpenFile]] = [:]
        for name in (try? FilePath.names(in: "/proc")) ?? [] {
            guard let pid = Int32(name), pid != getpid() else { continue }
            for descriptor in (try? FilePath.names(in: "/proc/\(pid)/fd")) ?? [] {
                guard let path = target(of: "/proc/\(pid)/fd/\(descriptor)"),
                    path.hasPrefix(folder + "/"),
                    isForWriting("/proc/\(pid)/fdinfo/\(descriptor)")
                else { continue }
                let file = OpenFile(pid: pid, program: program(of: pid))
                if found[path]?.contains(file) != true { found[path, default: []].append(file) }
            }
        }
        return found
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(link, &buffer, buffer.count)
        guard length > 0 else { return nil }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The line `flags:` holds the flags of open(2) in octal digits.
    private static func isForWriting(_ path: String) -> Bool {
        guard let bytes = try? FilePath.read(path) else { return false }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("flags:") }
        let digits = line?.split(whereSeparator: \.isWhitespace).last
        guard let flags = digits.flatMap({ Int32($0, radix: 8) }) else { return false }
        return flags & O_ACCMODE != O_RDONLY
    }

    private static func program(of pid: Int32) -> String {
        let bytes = (try? FilePath.read("/proc/\(pid)/comm")) ?? []
        return PlainText.line(
            String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        )
    }
}
