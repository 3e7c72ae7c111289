import Subprocess
import SystemPackage

/// How a program ended that was started to see what comes of it.
struct ProgramEnd: Sendable {
    /// The exit code, or minus the signal that ended it.
    let code: Int32
    /// What it wrote to standard output.
    let output: [UInt8]
    /// What it wrote to standard error.
    let errors: String

    /// The most that a program may write here.
    private static let limit = 64 << 20

    /// Runs a program, in this environment, to its end.
    init(of program: String, arguments: [String]) async throws {
        let result = try await run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            output: .bytes(limit: Self.limit),
            error: .string(limit: Self.limit)
        )
        code =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        output = result.standardOutput
        errors = result.standardError
    }
}
