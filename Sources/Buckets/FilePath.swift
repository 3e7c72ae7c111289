import Glibc

/// Paths as plain text.
public enum FilePath {
    /// Everything before the last slash; `.` for a bare name.
    public static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Everything after the last slash.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// `path` if it is absolute, otherwise `path` below `folder`.
    public static func resolve(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// The absolute path with all links followed, or nil when it does not exist.
    ///
    /// See realpath(3).
    public static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether there is a folder at a path, not one that a symbolic link leads to.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder and those above it; no error when it is there.
    public static func makeFolder(_ path: String) throws(BucketsError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != "/", path != "." else {
            throw BucketsError(step: "make folder \(path)")
        }
        try makeFolder(parent(of: path))
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw BucketsError(step: "make folder \(path)")
        }
    }

    /// Gives a file another name on the same file system; what had that name is gone.
    ///
    /// See rename(2).
    public static func move(_ path: String, to target: String) throws(BucketsError) {
        guard rename(path, target) == 0 else {
            throw BucketsError(step: "rename \(path) to \(target)")
        }
    }

    /// Removes a file or a folder with all that is in it; no error when it is not there.
    public static func removeTree(_ path: String) throws(BucketsError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw BucketsError(step: "remove \(path)") }
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw BucketsError(step: "remove folder \(path)")
        }
    }

    /// The names in a folder, sorted, without `.` and `..`; empty when there is no such folder.
    public static func names(in folder: String) throws(BucketsError) -> [String] {
        guard let handle = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw BucketsError(step: "read folder \(folder)")
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The content of a whole file.
    public static func read(_ path: String) throws(BucketsError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(path)") }
        defer { close(descriptor) }
        var information = stat()
        let expected = fstat(descriptor, &information) == 0 ? Int(information.st_size) : 0
        var content: [UInt8] = []
        content.reserveCapacity(expected)
        var block = [UInt8](repeating: 0, count: max(4096, min(expected + 1, 1 << 20)))
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BucketsError(step: "read \(path)") }
            guard count > 0 else { return content }
            content += block[..<count]
        }
    }
}
