public import Buckets
public import DeltaTable
import Events
import Glibc

/// A note of the data files that a process writes into one lake table.
///
/// Until they are committed no log names them. The note is there before the first of them, and
/// locked for as long as its process lives; see flock(2). Where one is not locked, its process was
/// killed or gave up: what carries its mark and no commit names is removed.
public final class WriteNote {
    private let log: DeltaLog
    private let folder: String
    private var descriptor: Int32 = -1

    /// The notes of the table of a log, in these buckets; nothing is written yet.
    public init(_ log: DeltaLog, in buckets: BucketsFolder) {
        self.log = log
        folder = "\(buckets.stateFolder)/writing/\(FilePath.name(of: log.table))"
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// What the names of the files must begin with; the first call writes the note.
    ///
    /// - Throws: `BucketsError`, `DeltaError`.
    public func mark() throws -> String {
        if descriptor < 0 {
            let version = try log.newestVersion() ?? -1
            try FilePath.makeFolder(folder)
            descriptor = try FileLock.whileHeld(lock) { try begin(after: version) }
        }
        return "part-\(DeltaLog.processMark)"
    }

    /// Forgets the note: every file is committed or removed.
    public func end() throws {
        guard descriptor >= 0 else { return }
        try FilePath.removeTree(path)
        close(descriptor)
        descriptor = -1
    }

    /// Removes what processes that are no more have left in the table.
    ///
    /// - Returns: How many files.
    /// - Throws: `BucketsError`, `DeltaError` where the log cannot be read.
    @discardableResult
    public func recover() throws -> Int {
        guard FilePath.isFolder(folder) else { return 0 }
        return try FileLock.whileHeld(lock) {
            var removed = 0
            for name in try FilePath.names(in: folder) where name.hasSuffix(".json") {
                removed += try recover("\(folder)/\(name)", mark: String(name.dropLast(5)))
            }
            return removed
        }
    }

    private var lock: String { folder + "/lock" }
    private var path: String { "\(folder)/\(DeltaLog.processMark).json" }

    private func begin(after version: Int64) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BucketsError(step: "create \(path)") }
        do {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw BucketsError(step: "lock \(path)")
            }
            let note: JSONValue = ["version": .integer(version)]
            try AtomicFile.writeAll(Array(try JSONText.encode(note)), to: descriptor, path: path)
        } catch {
            unlink(path)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func recover(_ path: String, mark: String) throws -> Int {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return 0 }
        let text = String(decoding: try FilePath.read(path), as: UTF8.self)
        var removed = 0
        // A note without a version was cut off before any file was written.
        if let version = (try? JSONValue(parsing: text))?["version"]?.integer,
            let committed = try files(committedAfter: version, mark: mark)
        {
            removed = try remove(mark, except: committed, in: log.table)
        }
        try FilePath.removeTree(path)
        return removed
    }

    /// The names of a mark's files that commits behind a version name; nil where a commit is gone.
    private func files(committedAfter version: Int64, mark: String) throws -> Set<String>? {
        var names: Set<String> = []
        guard let newest = try log.newestVersion() else { return names }
        var next = version + 1
        while next <= newest {
            guard let actions = try log.actions(at: next) else { return nil }
            for case .add(let file) in actions where file.path.contains(mark) {
                names.insert(FilePath.name(of: file.filePath))
            }
            next += 1
        }
        return names
    }

    private func remove(
        _ mark: String,
        except committed: Set<String>,
        in folder: String
    ) throws -> Int {
        guard FilePath.isFolder(folder) else { return 0 }
        var removed = 0
        for name in try FilePath.names(in: folder) {
            let path = "\(folder)/\(name)"
            if name.contains(mark) {
                guard !committed.contains(name) else { continue }
                try FilePath.removeTree(path)
                removed += 1
            } else if !name.hasSuffix(".parquet"), FilePath.isFolder(path) {
                removed += try remove(mark, except: committed, in: path)
            }
        }
        return removed
    }
}
