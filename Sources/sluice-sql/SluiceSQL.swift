import ArgumentParser

/// Reads lake and warehouse for `sluice`, in a process of its own: DuckDB stays out of the daemon.
struct SluiceSQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-sql",
        abstract: "Reads lake and warehouse.",
        subcommands: [
            QueryCommand.self, ObjectCommand.self, TablesCommand.self, InventoryCommand.self,
            DropTestSchemaCommand.self,
        ]
    )
}
