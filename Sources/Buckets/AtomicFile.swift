public import FoundationEssentials
import Glibc

/// Whole files that are there entirely or not at all.
public enum AtomicFile {
    /// What happened to a file that may exist only once.
    public enum LinkOutcome: Sendable {
        /// The file is there now.
        case created
        /// Somebody else's file has that name.
        case exists
    }

    /// Writes a file under a hidden temporary name in the same folder, then renames it.
    ///
    /// The folder must exist. The content is on disk before the rename, and the rename before this
    /// returns, if `durable`. Nothing stays behind when a step fails. See rename(2), fsync(2).
    public static func write(
        _ content: some DataProtocol,
        to path: String,
        durable: Bool = true
    ) throws(BucketsError) {
        let temporary = try writeTemporary(content, beside: path, durable: durable)
        guard rename(temporary, path) == 0 else {
            let error = BucketsError(step: "rename \(temporary) to \(path)")
            unlink(temporary)
            throw error
        }
        if durable { try synchronizeFolder(of: path) }
    }

    /// Writes a file unless one of that name exists; the first of several writers wins.
    ///
    /// Durable when this returns. See link(2).
    public static func create(
        _ content: some DataProtocol,
        at path: String
    ) throws(BucketsError) -> LinkOutcome {
        let temporary = try writeTemporary(content, beside: path, durable: true)
        defer { unlink(temporary) }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return .exists }
            throw BucketsError(step: "link \(temporary) to \(path)")
        }
        try synchronizeFolder(of: path)
        return .created
    }

    /// Puts a folder's entries on disk: what was renamed or linked into it survives a power cut.
    public static func synchronizeFolder(of path: String) throws(BucketsError) {
        let folder = FilePath.parent(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BucketsError(step: "synchronize \(folder)") }
    }

    private static func writeTemporary(
        _ content: some DataProtocol,
        beside path: String,
        durable: Bool
    ) throws(BucketsError) -> String {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = FilePath.parent(of: path) + "/." + suffix + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw BucketsError(step: "create \(temporary)") }
        do throws(BucketsError) {
            try writeAll(Array(content), to: descriptor, path: temporary)
            guard !durable || fsync(descriptor) == 0 else {
                throw BucketsError(step: "synchronize \(temporary)")
            }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0 else {
            let error = BucketsError(step: "close \(temporary)")
            unlink(temporary)
            throw error
        }
        return temporary
    }

    /// Writes all bytes, in as many calls as it takes; `path` is for the error.
    ///
    /// See write(2).
    public static func writeAll(
        _ bytes: [UInt8],
        to descriptor: Int32,
        path: String
    ) throws(BucketsError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "write \(path)") }
            done += count
        }
    }
}
