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

    /// The next entry but `.`, `..` and files that the caller knows; nil after the last.
    ///
    /// One that vanishes meanwhile is left out.
    mutating func next(
        unless isKnown: (UnsafeRawBufferPointer, FileStamp) -> Bool = { _, _ in false }
    ) -> Entry? {
        while let entry = readdir(folder) {
            if let found = self.entry(&entry.pointee, unless: isKnown) { return found }
        }
        return nil
    }

    private func entry(
        _ entry: inout dirent,
        unless isKnown: (UnsafeRawBufferPointer, FileStamp) -> Bool
    ) -> Entry? {
        let type = Int(entry.d_type)
        let descriptor = dirfd(folder)
        return withUnsafeBytes(of: &entry.d_name) { room -> Entry? in
            let name = UnsafeRawBufferPointer(rebasing: room.prefix { $0 != 0 })
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return nil }
            if type == Int(DT_DIR) { return Entry(name: Array(name), isFolder: true, stamp: nil) }
            guard type == Int(DT_REG) || type == Int(DT_UNKNOWN) else {
                return Entry(name: Array(name), isFolder: false, stamp: nil)
            }
            var status = stat()
            let path = room.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let path, fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                return nil
            }
            let kind = status.st_mode & S_IFMT
            let stamp = kind == S_IFREG ? FileStamp(status) : nil
            if let stamp, isKnown(name, stamp) { return nil }
            return Entry(name: Array(name), isFolder: kind == S_IFDIR, stamp: stamp)
        }
    }
}
