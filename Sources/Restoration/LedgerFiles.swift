import Buckets
import Events
import Glibc

/// The files of a ledger, where another one takes its place.
///
/// Until ``putDraftInPlace(at:)`` has begun the ledger is as it was. A kill in the middle leaves the
/// old ledger, which is damaged or lost, or the new one.
public struct LedgerFiles: Sendable {
    private let path: String

    /// Names the files of the ledger at a path.
    public init(path: String) { self.path = path }

    /// Where a new ledger is made.
    public var draft: String { path + ".new" }

    /// Whether there is a file that is not empty.
    public var exists: Bool {
        Self.size(path) > 0
    }

    /// Removes what a former attempt has left.
    ///
    /// - Throws: `BucketsError`.
    public func removeDraft() throws {
        for ending in [""] + Self.companions { try FilePath.removeTree(draft + ending) }
    }

    /// Puts the new ledger, which nobody has open, in the place of the old one, and brings it to disk.
    ///
    /// What is there gets the name `ledger.sqlite.damaged-<time>`, with the same ending for the files
    /// beside it. See link(2), rename(2).
    ///
    /// - Parameter now: Microseconds since 1970.
    /// - Returns: The path of the old file; nil where there was none.
    /// - Throws: `BucketsError`.
    public func putDraftInPlace(at now: Int64) throws -> String? {
        // Who closes a ledger brings all of it into the file.
        for ending in Self.companions {
            guard Self.size(draft + ending) == 0 || ending != "-wal" else {
                throw BucketsError(step: "close \(draft)", number: EBUSY)
            }
            try FilePath.removeTree(draft + ending)
        }
        try synchronize(draft)
        let kept = try freeName(at: now)
        // What they hold belongs to the old file; SQLite would apply it to the new one.
        for ending in Self.companions where Self.isThere(path + ending) {
            try FilePath.move(path + ending, to: kept + ending)
        }
        let wasThere = Self.isThere(path)
        if wasThere {
            guard link(path, kept) == 0 else {
                throw BucketsError(step: "link \(path) to \(kept)")
            }
        }
        try FilePath.move(draft, to: path)
        try AtomicFile.synchronizeFolder(of: path)
        return wasThere ? kept : nil
    }

    /// The files that SQLite makes beside a database in WAL mode.
    private static let companions = ["-wal", "-shm"]

    private func freeName(at now: Int64) throws -> String {
        let time = UTCTime.iso8601(microseconds: now).filter { $0 != "-" && $0 != ":" }
        let name = "\(path).damaged-\(time)"
        for number in 1...1000 {
            let tried = number == 1 ? name : "\(name)-\(number)"
            let isFree = ([""] + Self.companions).allSatisfy { !Self.isThere(tried + $0) }
            if isFree { return tried }
        }
        throw BucketsError(step: "find a free name like \(name)", number: EEXIST)
    }

    private func synchronize(_ file: String) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BucketsError(step: "open \(file)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BucketsError(step: "synchronize \(file)") }
    }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
