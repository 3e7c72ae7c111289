import ArgumentParser
import FunctionConfig
import Glibc

/// The command line: each command asks the parts that decide, and prints what they say.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Turns files dropped into a folder into tables.",
        discussion: """
            Watches bucket folders, runs a handler for each new file, and keeps what it did. Begin \
            with `sluice init`, or with `sluice up`, then put files into buckets/stage-1/TABLE/.
            """,
        subcommands: [
            InitCommand.self, UpCommand.self, CheckCommand.self, StatusCommand.self,
            InvokeCommand.self,
            EventCommand.self, ExplainCommand.self, LogsCommand.self, RedriveCommand.self,
            PurgeCommand.self,
            RetractCommand.self, ReplayCommand.self,
            QueryCommand.self, TablesCommand.self, CompactCommand.self, VacuumCommand.self,
            MigrateCommand.self,
            VerifyCommand.self, RebuildCommand.self,
            TestCommand.self,
        ]
    )

    /// Runs the command that the arguments name, and ends with the exit code of the contract.
    static func main() async {
        do {
            try QueryCommand.runIfNamed(in: CommandLine.arguments)
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            Console.explain(failure.message)
            Glibc.exit(failure.code)
        }
        if let problems = error as? FunctionConfigError {
            Console.explain(problems.description)
            Glibc.exit(CommandFailure.usageCode)
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            Console.print(text)
        } else if !text.isEmpty {
            Console.explain(text)
        }
        Glibc.exit(code == .validationFailure ? CommandFailure.usageCode : code.rawValue)
    }
}

/// Why a command ends early: a message for the user and an exit code.
struct CommandFailure: Error {
    /// The exit code for wrong usage and wrong configuration.
    static let usageCode: Int32 = 2

    let message: String
    let code: Int32

    /// The command was understood and could not be done.
    static func failed(_ message: String) -> CommandFailure {
        CommandFailure(message: "sluice: \(message)", code: 1)
    }

    /// The command or the configuration is wrong.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(message: "sluice: \(message)", code: usageCode)
    }
}
