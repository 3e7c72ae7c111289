import Subprocess
import SystemPackage

/// What a program of Sluice's answered that is no handler: it has no event, no limits and no log.
public struct ProgramAnswer: Sendable {
    /// Whether it ended with 0.
    public var isSuccess: Bool
    /// Standard output.
    public var output: String
    /// Standard error.
    public var errors: String

    /// Runs a program in our environment and waits for its end.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - arguments: Its arguments.
    /// - Returns: What it said, and whether it succeeded.
    /// - Throws: `SubprocessError` when it cannot be started or says more than 64 KiB.
    public static func ask(_ program: String, _ arguments: [String]) async throws -> ProgramAnswer {
        let result = try await run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            output: .string(limit: 65_536),
            error: .string(limit: 65_536)
        )
        return ProgramAnswer(
            isSuccess: result.terminationStatus.isSuccess,
            output: result.standardOutput ?? "",
            errors: result.standardError ?? ""
        )
    }
}
