import ArgumentParser

/// `sluice query`: becomes `sluice-sql`, which alone opens the tables.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Run one read-only SQL statement on lake and warehouse.",
        discussion: """
            Tables are lake.TABLE, or just TABLE, and warehouse.TABLE. \
            `sluice query --help` lists the options.
            """
    )

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    /// Becomes the query if that is what the arguments name.
    ///
    /// Most queries are short: making out all commands first would take a part of their time.
    static func runIfNamed(in arguments: [String]) throws {
        guard arguments.count > 1, arguments[1] == configuration.commandName else { return }
        try SQLProgram.become(arguments[1], Array(arguments.dropFirst(2)))
    }

    func run() throws { try SQLProgram.become("query", arguments) }
}
