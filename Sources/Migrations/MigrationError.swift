import FunctionConfig

/// Why the warehouse's schema cannot be brought up to date.
public struct MigrationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What failed, why, and what to do, a line for each problem.
    public let description: String

    static func refused(_ problems: [String]) -> MigrationError {
        MigrationError(description: problems.joined(separator: "\n"))
    }

    static func failed(_ script: MigrationScript, _ reason: String) -> MigrationError {
        MigrationError(
            description: "\(script.path) failed and changed nothing; correct it, or undo what "
                + "stands in its way: \(reason)"
        )
    }
}
