import Glibc

/// What lies in one folder, read entry by entry in no order.
struct FolderListing: ~Copyable {
    /// One entry.
    struct Entry {
        /// The name as it is on disk.
        let name: [UInt8]
        /// Whether it is a folder; never for a symbolic link.
        let isFolder: Bool
        /// The file's stamp; nil unless it is a regular file.
        let stamp: FileStamp?
    }

    private let folder: OpaquePointer

    /// Opens the folder; nil when it is gone or cannot be read.
    init?(path: String) {
        guard let opened = opendir(path) else { return nil }
        folder = opened
    }

    deinit { closedir(folder) }

    /// The next entry but `.` and `..`; nil after the last.
    ///
    /// One that vanishes meanwhile is left out.
    mutating func next() -> Entry? {
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                continue
            }
            let type = Int(entry.pointee.d_type)
            if type == Int(DT_DIR) { return Entry(name: name, isFolder: true, stamp: nil) }
            guard type == Int(DT_REG) || type == Int(DT_UNKNOWN) else {
                return Entry(name: name, isFolder: false, stamp: nil)
            }
            var status = stat()
            let found = withUnsafePointer(to: &entry.pointee.d_name.0) {
                fstatat(dirfd(folder), $0, &status, AT_SYMLINK_NOFOLLOW)
            }
            guard found == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            return Entry(
                name: name,
                isFolder: kind == S_IFDIR,
                stamp: kind == S_IFREG ? FileStamp(status) : nil
            )
        }
        return nil
    }
}
