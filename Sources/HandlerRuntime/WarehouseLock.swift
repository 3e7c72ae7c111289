import Glibc

/// The lock on `<warehouse>.lock` that lets one writer or several readers at a DuckDB file.
///
/// DuckDB itself would fail whoever comes second. Held until the value is gone; the system lets
/// it go when the process ends, however it ends. See flock(2).
///
/// A waiting writer holds back readers that come after it, by a record lock on the same file, so
/// that a stream of queries does not keep `load` out.
public struct WarehouseLock: ~Copyable {
    /// With whom the warehouse is shared.
    public enum Mode: Sendable {
        /// With other readers.
        case reading
        /// With nobody.
        case writing
    }

    /// Somebody else had the warehouse for as long as the caller would wait.
    public struct Busy: Error, Equatable, Sendable, CustomStringConvertible {
        /// The warehouse's file.
        public let warehouse: String
        /// Who holds it, for example `process 4711 (load)`.
        public let holder: String
        /// Why the lock file cannot be opened, in the system's words; nil when it is somebody's.
        public var reason: String?

        /// What failed, why, and what to do.
        public var description: String {
            guard let reason else {
                return "the warehouse \(warehouse) is in use by \(holder); wait for it or end it"
            }
            return "the lock \(warehouse).lock cannot be opened: \(reason)"
        }
    }

    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - warehouse: The path of the DuckDB file, which need not exist; its folder must.
    ///   - mode: Whether the holder writes.
    ///   - purpose: A word that tells others what the holder does, for example `load`.
    ///   - patience: The longest wait; zero tries once. Blocks the calling thread.
    /// - Throws: `Busy` when the wait was in vain, and when the lock file cannot be opened.
    public init(
        _ warehouse: String,
        mode: Mode,
        purpose: String,
        patience: Duration
    ) throws(Busy) {
        let path = warehouse + ".lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            throw Busy(warehouse: warehouse, holder: "nobody", reason: reason)
        }
        let end = ContinuousClock.now + patience
        let isTaken =
            Self.wait(until: end) {
                Self.gate(file, mode == .writing ? F_WRLCK : F_RDLCK)
            }
            && Self.wait(until: end) {
                flock(file, (mode == .writing ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0
            }
        // Readers need the gate only to get in; a writer gives way once it is in, too: the lock
        // itself keeps readers out from here on.
        _ = Self.gate(file, F_UNLCK)
        guard isTaken else {
            let holder = Self.holder(of: file)
            close(file)
            throw Busy(warehouse: warehouse, holder: holder)
        }
        descriptor = file
        note(purpose)
    }

    deinit {
        // A process that is just being started may hold a copy of the descriptor for a moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Lets the lock go before the value does.
    public func release() { flock(descriptor, LOCK_UN) }

    /// Who holds the lock of a warehouse at this moment; nil when nobody does.
    public static func holder(ofWarehouse warehouse: String) -> String? {
        let file = open(warehouse + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return nil }
        return holder(of: file)
    }

    /// Leaves word of who holds the lock; several readers leave that of the last.
    private func note(_ purpose: String) {
        let text = Array("\(getpid()) \(purpose)\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
    }

    /// The system's own list names holders of any kind, the note in the file what they do.
    private static func holder(of file: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 200)
        let count = pread(file, &buffer, buffer.count, 0)
        let note = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        let noted = note.first.flatMap { Int32($0) }
        let processes = lockHolders(of: file)
        guard let process = processes.first(where: { $0 == noted }) ?? processes.first ?? noted
        else { return "another process" }
        guard process == noted, note.count > 1 else { return "process \(process)" }
        return "process \(process) (\(note.dropFirst().joined(separator: " ")))"
    }

    /// The processes that hold this file's lock, from `/proc/locks`; see proc_locks(5).
    private static func lockHolders(of file: Int32) -> [Int32] {
        var status = stat()
        guard fstat(file, &status) == 0, let list = fopen("/proc/locks", "re") else { return [] }
        defer { fclose(list) }
        var holders: [Int32] = []
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), list) != nil {
            // 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
            let words = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
                .map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
            guard words.count > 5, words[1] == "FLOCK", let process = Int32(words[4]),
                words[5].split(separator: ":").last.flatMap({ UInt($0) }) == UInt(status.st_ino)
            else { continue }
            holders.append(process)
        }
        return holders
    }

    private static func gate(_ file: Int32, _ kind: Int32) -> Bool {
        var lock = flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_len = 1
        // F_OFD_SETLK, which the headers hide: a lock that belongs to the open file.
        return fcntl(file, 37, &lock) == 0
    }

    private static func wait(until end: ContinuousClock.Instant, _ attempt: () -> Bool) -> Bool {
        while !attempt() {
            if ContinuousClock.now >= end { return false }
            usleep(20_000)
        }
        return true
    }
}
