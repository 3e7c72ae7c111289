import CLinuxCalls
import Glibc

/// Brings what was written to the disk.
public enum Durability {
    /// More files than this are cheaper all at once, with whatever else the disk has to write.
    private static let mostOneByOne = 32

    /// Waits until files and folders are on the disk; see fsync(2), syncfs(2).
    ///
    /// - Parameter paths: Files and folders that exist.
    /// - Throws: `BucketsError` for the first that cannot be opened or written.
    public static func synchronize(_ paths: some Collection<String>) throws(BucketsError) {
        guard paths.count > mostOneByOne else {
            for path in paths { try synchronize(path, with: fsync) }
            return
        }
        var disks: Set<dev_t> = []
        for path in paths {
            var facts = stat()
            guard stat(path, &facts) == 0 else { throw BucketsError(step: "look at \(path)") }
            if disks.insert(facts.st_dev).inserted { try synchronize(path, with: syncfs) }
        }
    }

    private static func synchronize(
        _ path: String,
        with call: (Int32) -> Int32
    ) throws(BucketsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
        defer { close(descriptor) }
        guard call(descriptor) == 0 else { throw BucketsError(step: "synchronize \(path)") }
    }
}
