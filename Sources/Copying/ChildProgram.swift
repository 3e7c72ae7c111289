import Buckets
import Glibc

/// Another program, run to its end while its output is read line by line.
enum ChildProgram {
    /// How a program ended.
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// The first executable file of a name in the folders of `path`.
    static func find(_ name: String, path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first { candidate in
            var status = stat()
            return access(candidate, X_OK) == 0 && stat(candidate, &status) == 0
                && status.st_mode & S_IFMT == S_IFREG
        }
    }

    /// Runs a program and hands over each line of its standard output and error as it comes.
    ///
    /// It reads nothing, and shares the caller's process group: what ends the group ends it.
    ///
    /// - Throws: `BucketsError` where it cannot be started.
    static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        line: (String) -> Void
    ) throws(BucketsError) -> End {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw BucketsError(step: "make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try spawn(executable, arguments, environment, output: ends[1])
        }
        var lines = LineBuffer()
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(ends[0], &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            lines.take(block[..<count], line)
        }
        lines.finish(line)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    private static func spawn(
        _ executable: String,
        _ arguments: [String],
        _ environment: [String: String],
        output: Int32
    ) throws(BucketsError) -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO)
        // The handler ignores SIGPIPE, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process = pid_t()
        let result = posix_spawn(&process, executable, &files, &attributes, &words, &variables)
        guard result == 0 else {
            errno = result
            throw BucketsError(step: "start \(executable)")
        }
        return process
    }
}

/// Makes lines of bytes; a line that is too long is cut.
private struct LineBuffer {
    private var bytes: [UInt8] = []
    private static let longest = 1 << 16

    mutating func take(_ block: ArraySlice<UInt8>, _ line: (String) -> Void) {
        for byte in block {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                finish(line)
            } else if bytes.count < Self.longest {
                bytes.append(byte)
            }
        }
    }

    mutating func finish(_ line: (String) -> Void) {
        if !bytes.isEmpty { line(String(decoding: bytes, as: UTF8.self)) }
        bytes.removeAll(keepingCapacity: true)
    }
}
