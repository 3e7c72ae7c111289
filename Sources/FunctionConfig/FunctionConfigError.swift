/// One problem in `functions.json`, addressed to the person who edits that file.
public struct FunctionConfigProblem: Equatable, Sendable, CustomStringConvertible {
    /// Where, as `functions.split.timeout`.
    public let path: String
    /// What is wrong there.
    public let problem: String
    /// What to do.
    public let remedy: String

    /// Puts a problem together.
    public init(path: String, problem: String, remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }

    /// One line for a terminal.
    public var description: String {
        let place = path.isEmpty ? "functions.json" : "functions.json: \(path)"
        return "\(place): \(problem); \(remedy)"
    }
}

/// Every problem found in one pass, so that the file is edited once.
public struct FunctionConfigError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problems, in the order of the file.
    public let problems: [FunctionConfigProblem]

    /// A line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
