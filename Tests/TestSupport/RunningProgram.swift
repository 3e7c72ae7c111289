import Dispatch
public import FoundationEssentials
import Glibc

/// What a program left behind when it ended.
public struct ProgramEnd: Sendable {
    /// The exit code, or minus the signal that ended the program.
    public let code: Int32
    /// Everything it wrote to standard output.
    public let output: Data
    /// Everything it wrote to standard error, as text.
    public let errors: String

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
}

/// A program started by a test, in a process group of its own.
///
/// Input and output are files without a name, so neither side ever waits for the other.
public struct RunningProgram: Sendable {
    /// The process, which is also its group.
    public let process: Int32
    private let output: Int32
    private let errors: Int32

    /// Starts `program` with exactly the given environment; with a terminal that is its standard
    /// error.
    ///
    /// - Throws: `TestSupportError` if the program cannot be started.
    public init(
        _ program: String,
        _ arguments: [String] = [],
        input: Data = Data(),
        environment: [String: String] = [:],
        folder: String? = nil,
        terminal: PseudoTerminal? = nil
    ) throws {
        let standardInput = try namelessFile()
        output = try namelessFile()
        errors = try namelessFile()
        defer { close(standardInput) }
        _ = input.withUnsafeBytes { write(standardInput, $0.baseAddress, $0.count) }
        lseek(standardInput, 0, SEEK_SET)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, terminal?.device ?? errors, 2)
        // A program that other tests start at this moment must not keep their files and locks open.
        for descriptor in Int32(3)..<1024 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        let command =
            folder.map { ["/usr/bin/env", "--chdir=\($0)", program] + arguments }
            ?? [program] + arguments
        let argv = command.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var started: pid_t = 0
        let failure = posix_spawn(&started, command[0], &actions, &attributes, argv, envp)
        process = started
        guard failure == 0 else {
            close(output)
            close(errors)
            throw TestSupportError(step: "start \(program)", reason: failure)
        }
    }

    /// Sends a signal to the program alone.
    public func send(_ signal: Int32) { kill(process, signal) }

    /// Sends a signal to the program and everything that it started in its group.
    public func sendToGroup(_ signal: Int32) { kill(-process, signal) }

    /// Everything written to standard output until now.
    public var outputSoFar: String { String(decoding: content(output), as: UTF8.self) }

    /// Everything written to standard error until now.
    public var errorsSoFar: String { String(decoding: content(errors), as: UTF8.self) }

    /// Waits, off the cooperative pool, until the program has ended.
    ///
    /// Call it exactly once.
    public func end() async -> ProgramEnd {
        let code = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : -signal)
            }
        }
        defer {
            close(output)
            close(errors)
        }
        let errorText = String(decoding: content(errors), as: UTF8.self)
        return ProgramEnd(code: code, output: content(output), errors: errorText)
    }

    private func content(_ file: Int32) -> Data {
        var information = stat()
        guard fstat(file, &information) == 0, information.st_size > 0 else { return Data() }
        var bytes = [UInt8](repeating: 0, count: Int(information.st_size))
        let read = pread(file, &bytes, bytes.count, 0)
        return Data(bytes.prefix(max(read, 0)))
    }
}

/// Runs a program to its end.
///
/// The environment given is the whole one; nothing is inherited. Without a folder the program
/// starts in that of the tests.
public func run(
    _ program: String,
    _ arguments: [String] = [],
    input: Data = Data(),
    environment: [String: String] = [:],
    folder: String? = nil
) async throws -> ProgramEnd {
    try await RunningProgram(
        program,
        arguments,
        input: input,
        environment: environment,
        folder: folder
    ).end()
}

/// A new empty file that vanishes with its last descriptor and is not inherited.
private func namelessFile() throws -> Int32 {
    var template = Array("/tmp/sluice-test-io.XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw TestSupportError(step: "make a file in /tmp", reason: errno) }
    unlink(template)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
}
