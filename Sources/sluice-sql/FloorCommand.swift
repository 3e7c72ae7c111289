import ArgumentParser
import DuckDB
import FunctionConfig
import WarehouseAccess

/// `sluice-sql floor`: the greatest sequencer in the warehouse's load history, for a daemon whose
/// ledger is new.
struct FloorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floor",
        abstract: "Prints the greatest sequencer in the load history, 0 where there is none.",
        shouldDisplay: false
    )

    @OptionGroup var options: SurroundingsOptions

    func run() throws {
        let folder = try options.bucketsFolder()
        let config = try options.settings(of: folder)
        guard config.hasWarehouse else { return print(0) }
        let access = WarehouseAccess(config.warehouse, purpose: "up")
        let database = try Database(settings: ["memory_limit": "256MiB"])
        let greatest = try access.readingTables(on: try database.connect()) { connection in
            let names = try connection.rows(access.tableNames).compactMap { $0[0].string }
            guard names.contains("sluice_loads") else { return 0 }
            // What is copied from the lake has the lake's version there.
            let rows = try connection.rows(
                "SELECT max(sequencer) FROM warehouse.sluice_loads WHERE source NOT LIKE 'lake/%'"
            )
            return rows.first?[0].int ?? 0
        }
        print(greatest ?? 0)
    }
}
