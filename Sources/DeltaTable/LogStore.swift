import Glibc

/// The file-system calls that a log is made of; the seam at which tests cut a commit off.
package protocol LogStore: Sendable {
    /// The names in a folder; `nil` when there is no such folder.
    func names(in folder: String) throws(DeltaError) -> [String]?
    /// A file's bytes; `nil` when there is no such file.
    func read(_ path: String) throws(DeltaError) -> [UInt8]?
    /// When a file was changed last, in milliseconds since 1970; `nil` when there is no such file.
    func modificationTime(of path: String) throws(DeltaError) -> Int64?
    /// Makes a folder and those above it.
    func makeFolder(_ path: String) throws(DeltaError)
    /// Writes a new file and brings it to the disk.
    func write(_ bytes: [UInt8], to path: String) throws(DeltaError)
    /// Brings a file or a folder's entries to the disk.
    func sync(_ path: String) throws(DeltaError)
    /// Gives a file a second name; `false` when that name is taken.
    func linkIfAbsent(_ path: String, as name: String) throws(DeltaError) -> Bool
    /// Renames a file, replacing what has the name.
    func replace(_ name: String, with path: String) throws(DeltaError)
    /// Removes a file, if it is there.
    func remove(_ path: String)
}

/// A folder of this machine.
package struct LocalLogStore: LogStore {
    package init() {}

    package func names(in folder: String) throws(DeltaError) -> [String]? {
        guard let stream = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("list \(folder)")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    package func read(_ path: String) throws(DeltaError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read \(path)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read \(path)") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(
                    descriptor,
                    buffer.baseAddress.map { $0 + filled },
                    buffer.count - filled
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure("read \(path)") }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    package func modificationTime(of path: String) throws(DeltaError) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw failure("look at \(path)")
        }
        return Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }

    package func makeFolder(_ path: String) throws(DeltaError) {
        if mkdir(path, 0o777) == 0 {
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
                try sync(String(path[..<slash]))
            }
            return
        }
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw failure("make the folder \(path)")
        }
        try makeFolder(String(path[..<slash]))
        try makeFolder(path)
    }

    package func write(_ bytes: [UInt8], to path: String) throws(DeltaError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("write \(path)") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor,
                    buffer.baseAddress.map { $0 + written },
                    buffer.count - written
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write \(path)") }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw failure("write \(path)") }
    }

    package func sync(_ path: String) throws(DeltaError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("bring \(path) to the disk") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("bring \(path) to the disk") }
    }

    package func linkIfAbsent(_ path: String, as name: String) throws(DeltaError) -> Bool {
        if link(path, name) == 0 { return true }
        if errno == EEXIST { return false }
        throw failure("link \(name)")
    }

    package func replace(_ name: String, with path: String) throws(DeltaError) {
        guard rename(path, name) == 0 else { throw failure("rename \(path) to \(name)") }
    }

    package func remove(_ path: String) { unlink(path) }

    private func failure(_ step: String) -> DeltaError {
        DeltaError(.storage, step: step, detail: String(cString: strerror(errno)))
    }
}
