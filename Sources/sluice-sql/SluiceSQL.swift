import ArgumentParser

/// What `sluice` does in DuckDB, in a process of its own: DuckDB stays out of the daemon.
struct SluiceSQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-sql",
        abstract: "Reads lake and warehouse, and brings the warehouse's schema up to date.",
        subcommands: [
            QueryCommand.self, MigrateCommand.self, ObjectCommand.self, TablesCommand.self,
            InventoryCommand.self, FloorCommand.self, DropTestSchemaCommand.self,
        ]
    )
}
