import Glibc

/// A handler's process and all that it started in its group.
///
/// Valid until the leader has been reaped.
struct ProcessGroup: Sendable {
    /// The first process, whose number is also the group's.
    let leader: pid_t

    /// Sends a signal to every process of the group; no error when none is left.
    func send(_ signal: Int32) { _ = kill(-leader, signal) }

    /// Whether the leader has ended.
    ///
    /// It is not reaped, see `WNOWAIT` in waitid(2).
    var hasEnded: Bool {
        var information = siginfo_t()
        let result = waitid(
            P_PID,
            id_t(leader),
            &information,
            WEXITED | WNOHANG | WNOWAIT
        )
        return result != 0 || information.si_signo != 0
    }

    /// The anonymous resident memory of the leader alone, in bytes.
    var leaderMemory: Int64 { ProcessFile.anonymousMemory(of: leader) }

    /// The anonymous resident memory of all processes of the group, in bytes.
    var memory: Int64 {
        ProcessFile.processes().reduce(0) { sum, process in
            ProcessFile.group(of: process) == leader
                ? sum + ProcessFile.anonymousMemory(of: process) : sum
        }
    }
}

/// What proc(5) tells about processes.
enum ProcessFile {
    /// The numbers of all processes.
    static func processes() -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let number = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { pid_t(String(cString: $0)) }
            }
            if let number { found.append(number) }
        }
        return found
    }

    /// Whether a process is there and has not ended.
    static func isAlive(_ process: pid_t) -> Bool {
        guard let state = state(of: process) else { return false }
        return state != "Z" && state != "X"
    }

    /// `RssAnon` of `/proc/PID/status`, in bytes; 0 when the process is gone.
    static func anonymousMemory(of process: pid_t) -> Int64 {
        guard let text = read("/proc/\(process)/status") else { return 0 }
        for line in text.split(separator: "\n") where line.hasPrefix("RssAnon:") {
            let number = line.dropFirst("RssAnon:".count).drop { $0 == " " || $0 == "\t" }
            return (Int64(number.prefix { $0.isNumber }) ?? 0) * 1024
        }
        return 0
    }

    /// The variables a process was started with; empty when it is gone or somebody else's.
    static func environment(of process: pid_t) -> [Substring] {
        read("/proc/\(process)/environ")?.split(separator: "\0") ?? []
    }

    /// A process's group; nil when it is gone.
    ///
    /// See getpgid(2): to look into a file of each process would take a hundred times as long.
    static func group(of process: pid_t) -> pid_t? {
        let group = getpgid(process)
        return group < 0 ? nil : group
    }

    private static func state(of process: pid_t) -> Substring? {
        // The name, in parentheses, may hold anything; the fields stand behind the last one.
        guard let text = read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        return text[text.index(after: end)...].split(separator: " ").first
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = Glibc.read(file, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += block[..<count]
        }
    }
}
