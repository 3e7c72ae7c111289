import Buckets
import Events
import Glibc
import Ledger

extension FileStory {
    static let regular = "file"
    static let folder = "folder"

    /// Larger files are not read to compare them.
    private static let digestLimit: Int64 = 1 << 30

    /// Looks at the file of a key; nil when there is none.
    init?(_ key: ObjectKey, in buckets: BucketsFolder) {
        let path = buckets.path(of: key)
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        kind = Self.kind(of: status)
        size = Int64(status.st_size)
        modified = Moment(
            Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
        )
        guard kind == Self.regular else { return }
        // Processes show the path without symbolic links, and a bucket may be one.
        let folder = FilePath.canonical(FilePath.parent(of: path)) ?? FilePath.parent(of: path)
        writers = OpenFiles.writers(below: folder)[folder + "/" + FilePath.name(of: path)] ?? []
    }

    /// Digests the file unless it is in a state that was digested before.
    mutating func digest(_ key: ObjectKey, in buckets: BucketsFolder, unless known: FileIdentity?) {
        var status = stat()
        let path = buckets.path(of: key)
        guard kind == Self.regular, size <= Self.digestLimit, lstat(path, &status) == 0 else {
            return
        }
        let modified =
            Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        if let known, known.inode == UInt64(status.st_ino), known.size == size,
            known.modifiedNanoseconds == modified
        {
            return
        }
        eTag = try? ContentDigest.eTag(ofFile: path).eTag
    }

    /// What stands at a path; nil for nothing.
    static func kind(ofFile path: String) -> String? {
        var status = stat()
        return lstat(path, &status) == 0 ? kind(of: status) : nil
    }

    private static func kind(of status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFREG: regular
        case S_IFDIR: folder
        case S_IFLNK: "symbolic link"
        case S_IFSOCK: "socket"
        case S_IFIFO: "pipe"
        default: "device"
        }
    }
}
