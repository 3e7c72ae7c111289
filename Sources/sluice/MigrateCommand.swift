import ArgumentParser

/// `sluice migrate`: becomes `sluice-sql`, which alone opens the warehouse.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the SQL files that make the warehouse's schema.",
        discussion: """
            The setting `migrations` names their folder. `load` applies them too, before rows. \
            `sluice migrate --help` lists the options.
            """
    )

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws { try SQLProgram.become("migrate", arguments) }
}
