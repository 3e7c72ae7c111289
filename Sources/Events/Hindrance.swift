import Glibc

/// What keeps work from being done for now and is no fault of the work: room, permission, limits.
///
/// The system's own words tell it, since most errors come through DuckDB as text. A run that it ends is
/// "not now": it is tried again and not counted.
public enum Hindrance: CaseIterable, Sendable {
    /// The disk or a quota is full.
    case diskFull
    /// The file system takes no writes.
    case readOnly
    /// The user may not do that with the file.
    case denied
    /// The process, or the machine, has too many files open.
    case openFiles
    /// No process or thread can be started: a limit is reached.
    case processes
    /// The machine has no memory left.
    case memory

    /// What an error number or a text says; nil when it is something else.
    public init?(number: Int32) {
        guard let found = Self.allCases.first(where: { $0.numbers.contains(number) }) else {
            return nil
        }
        self = found
    }

    /// What the text of an error says; nil when it is something else.
    public init?(in text: String) {
        guard let found = Self.allCases.first(where: { $0.isMeant(by: text) }) else { return nil }
        self = found
    }

    /// What `errorType` calls it.
    public var type: String {
        switch self {
        case .diskFull: "DiskFull"
        case .readOnly: "ReadOnlyFileSystem"
        case .denied: "PermissionDenied"
        case .openFiles: "TooManyOpenFiles"
        case .processes: "TooManyProcesses"
        case .memory: "OutOfMemory"
        }
    }

    /// What to do.
    public var remedy: String {
        switch self {
        case .diskFull: "free some space"
        case .readOnly: "mount it writable, or move the folder"
        case .denied: "let user \(geteuid()), who runs Sluice, read and write there"
        case .openFiles: "raise the limit (`ulimit -n`)"
        case .processes: "raise the limit of processes (`ulimit -u`, `TasksMax`)"
        case .memory: "free some memory"
        }
    }

    private var numbers: [Int32] {
        switch self {
        case .diskFull: [ENOSPC, EDQUOT]
        case .readOnly: [EROFS]
        case .denied: [EACCES, EPERM]
        case .openFiles: [EMFILE, ENFILE]
        case .processes: [EAGAIN]
        case .memory: [ENOMEM]
        }
    }

    private func isMeant(by text: String) -> Bool {
        // DuckDB takes what is free on the disk for the limit of what it may spill.
        if self == .diskFull, text.contains("'max_temp_directory_size'") { return true }
        return numbers.contains { text.contains(String(cString: strerror($0))) }
    }
}
