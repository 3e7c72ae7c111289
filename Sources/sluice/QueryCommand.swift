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

    func run() throws { try SQLProgram.become("query", arguments) }
}
