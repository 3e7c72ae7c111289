import ArgumentParser
import Buckets
import Events
import FunctionConfig
import Glibc
import Ledger
import Reports

/// `sluice check`: every problem of the settings at once, or what they amount to.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what is wrong in functions.json, and when its schedules come next."
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the settings with every default, or the problems, as JSON.")
    var json = false

    func run() async throws {
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
        // A ledger that cannot be read is no fault of the settings.
        let known = try? await BucketsFolder(path: common.bucketsPath).readLedger()?.schedules()
        let coming = ComingTimes(config, known: known ?? [], at: UTCTime.nowMicroseconds())
        for warning in config.warnings { Console.explain("warning: \(warning)") }
        if json {
            Console.print(json: try JSONText.encodePretty(config.resolved(with: coming)))
        } else {
            Console.print(
                "\(config.path): in order; functions: \(config.functions.count), triggers: "
                    + "\(config.triggers.count), tables with settings: \(config.tables.count)"
            )
            for line in coming.lines { Console.print(line) }
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
