public import Glibc

/// What tells one content of a file from another without reading it.
public struct FileStamp: Sendable, Hashable {
    /// The length in bytes.
    public var size: Int64
    /// The last change of the content, in nanoseconds since 1970.
    public var modified: Int64
    /// The last change of the content or of the inode, in nanoseconds since 1970.
    public var changed: Int64
    /// The file's number on its file system.
    public var inode: UInt64

    /// Puts a stamp together from its parts.
    public init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
    }

    /// Takes the parts from what `stat(2)` answered.
    public init(_ status: stat) {
        size = Int64(status.st_size)
        modified = status.st_mtim.nanoseconds
        changed = status.st_ctim.nanoseconds
        inode = UInt64(status.st_ino)
    }

    /// Looks at a path, without following a symbolic link there; nil unless it is a regular file.
    public init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }
}

extension timespec {
    /// Nanoseconds since 1970.
    var nanoseconds: Int64 { Int64(tv_sec) * 1_000_000_000 + Int64(tv_nsec) }
}
