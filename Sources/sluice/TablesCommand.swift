import ArgumentParser

/// `sluice tables`: becomes `sluice-sql`, which alone opens the tables.
struct TablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables",
        abstract: "List tables, or describe one: columns, rows, files, versions, loads.",
        discussion: "`sluice tables --help` lists the options."
    )

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws { try SQLProgram.become("tables", arguments) }
}
