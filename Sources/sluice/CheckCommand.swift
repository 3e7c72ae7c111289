import ArgumentParser
import Events
import FunctionConfig
import Glibc

/// `sluice check`: every problem of the settings at once, or what they amount to.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what is wrong in functions.json."
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the settings with every default, or the problems, as JSON.")
    var json = false

    func run() throws {
        var problems: [FunctionConfigProblem] = []
        var config: FunctionConfig?
        do {
            config = try common.loadConfig(checksHandlers: true)
        } catch let error as FunctionConfigError {
            problems = error.problems
        }
        guard problems.isEmpty, let config else {
            if json {
                Console.print(json: try JSONText.encodePretty(Self.described(problems)))
            } else {
                for problem in problems { Console.print(problem.description) }
            }
            throw ExitCode(CommandFailure.usageCode)
        }
        for warning in config.warnings { Console.explain("warning: \(warning)") }
        if json {
            Console.print(json: try JSONText.encodePretty(config.resolved))
        } else {
            Console.print(
                "\(config.path): in order; functions: \(config.functions.count), triggers: "
                    + "\(config.triggers.count), tables with settings: \(config.tables.count)"
            )
        }
    }

    private static func described(_ problems: [FunctionConfigProblem]) -> JSONValue {
        let list = problems.map { problem -> JSONValue in
            [
                "path": .string(problem.path), "problem": .string(problem.problem),
                "remedy": .string(problem.remedy),
            ]
        }
        return ["problems": .array(list)]
    }
}
