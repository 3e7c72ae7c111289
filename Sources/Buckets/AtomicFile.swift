public import FoundationEssentials
import Glibc

/// Whole files that are there entirely or not at all.
public enum AtomicFile {
    /// Writes a file under a hidden temporary name in the same folder, then renames it.
    ///
    /// The folder must exist. The content is on disk before the rename, and the rename before this
    /// returns, if `durable`. Nothing stays behind when a step fails; what a process that was killed
    /// has left under the temporary name, the next call for the path takes over. Several processes
    /// may write one path: one after the other. See rename(2), fsync(2), flock(2).
    public static func write(
        _ content: some DataProtocol,
        to path: String,
        durable: Bool = true
    ) throws(BucketsError) {
        let temporary = "\(FilePath.parent(of: path))/.\(FilePath.name(of: path)).tmp"
        let descriptor = try openAlone(temporary)
        defer { close(descriptor) }
        do throws(BucketsError) {
            guard ftruncate(descriptor, 0) == 0 else {
                throw BucketsError(step: "empty \(temporary)")
            }
            try writeAll(Array(content), to: descriptor, path: temporary)
            guard !durable || fsync(descriptor) == 0 else {
                throw BucketsError(step: "synchronize \(temporary)")
            }
            guard rename(temporary, path) == 0 else {
                throw BucketsError(step: "rename \(temporary) to \(path)")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        if durable { try synchronizeFolder(of: path) }
    }

    /// Opens a file that no other process is writing; one that was renamed meanwhile is left alone.
    private static func openAlone(_ path: String) throws(BucketsError) -> Int32 {
        while true {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw BucketsError(step: "create \(path)") }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    close(descriptor)
                    throw BucketsError(step: "lock \(path)")
                }
            }
            var opened = stat()
            var present = stat()
            if fstat(descriptor, &opened) == 0, lstat(path, &present) == 0,
                opened.st_dev == present.st_dev, opened.st_ino == present.st_ino
            {
                return descriptor
            }
            close(descriptor)
        }
    }

    /// Puts a folder's entries on disk: what was renamed or linked into it survives a power cut.
    public static func synchronizeFolder(of path: String) throws(BucketsError) {
        let folder = FilePath.parent(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BucketsError(step: "synchronize \(folder)") }
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
