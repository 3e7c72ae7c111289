import ArgumentParser
import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import Glibc
import LakeFiles
import TableRows
import Verification

/// `sluice-sql inventory`: what lake and warehouse hold, as lines of JSON for `sluice verify`.
///
/// The order makes it safe beside a daemon: logs of all lake tables, then the warehouse in one
/// transaction, then the rows of the lake, which no later commit changes.
struct InventoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Prints what lake and warehouse hold, as lines of JSON.",
        shouldDisplay: false
    )

    @Flag(help: "Leave out the values of rows.")
    var quick = false

    @Flag(help: "Only what lake and warehouse say of themselves: no data file and no row is read.")
    var history = false

    @OptionGroup var options: SurroundingsOptions

    func run() throws {
        let folder = try options.bucketsFolder()
        let config = try options.settings(of: folder)
        let scratch = folder.scratchFolder + "/verify-\(getpid())"
        try FilePath.makeFolder(scratch)
        defer { try? FilePath.removeTree(scratch) }
        try run(folder, config, scratch)
    }

    private func run(_ folder: BucketsFolder, _ config: FunctionConfig, _ scratch: String) throws {
        let database = try Database(settings: [
            "temp_directory": scratch, "memory_limit": "1024MiB",
            "preserve_insertion_order": "false",
        ])
        let connection = try database.connect()
        let progress = Progress()
        let output = StandardOutput()
        let checkpoints = try DuckDBCheckpoints(database)
        var tables: [LakeInventory] = []
        for table in try LakeInventory.tables(in: folder) {
            progress.show("lake.\(table): its log")
            tables.append(
                try LakeInventory(table: table, in: folder, checkpoints: checkpoints)
            )
        }
        var columns: [String: [QueryResult.Column]] = [:]
        for table in tables {
            columns[table.table] = try Self.columns(of: table, folder, connection)
        }
        var warehouse = WarehouseInventory(
            config,
            detail: history ? .history : quick ? .counts : .values
        )
        let compared = warehouse.read(
            Set(columns.keys).union(try Self.catalogTables(in: folder)),
            lakeColumns: columns,
            on: connection,
            progress
        )
        try write(warehouse.facts, to: output)
        if history {
            for table in tables { try write(table.facts, to: output) }
            progress.clear()
            return output.flush()
        }
        for table in tables {
            try count(table, compared[table.table], config, connection, progress, output)
        }
        if let table = tables.first(where: { $0.table == ResultInventory.table }),
            let snapshot = table.snapshot, config.similarityTable != nil
        {
            progress.show("results")
            let results = ResultInventory(buckets: folder, snapshot: snapshot, isQuick: quick)
            for result in results.read(on: connection) {
                var line = InventoryLine()
                line.result = result
                try write(line, to: output)
            }
        }
        progress.clear()
        output.flush()
    }

    /// The tables that the catalog knows.
    static func catalogTables(in folder: BucketsFolder) throws(BucketsError) -> [String] {
        try FilePath.names(in: folder.path(ofBucket: "catalog"))
            .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
            .map { String($0.dropLast(".json".count)) }
    }

    private func count(
        _ table: LakeInventory,
        _ compared: [String]?,
        _ config: FunctionConfig,
        _ connection: borrowing Connection,
        _ progress: Progress,
        _ output: StandardOutput
    ) throws {
        var table = table
        try table.readFiles(on: connection, progress)
        try table.countRows(
            digesting: quick ? nil : compared,
            combining: ModeQuery(config.table(named: table.table)),
            on: connection,
            progress
        )
        try write(table.facts, to: output)
    }

    private func write(_ facts: LakeFacts, to output: StandardOutput) throws {
        var line = InventoryLine()
        line.lake = facts
        try write(line, to: output)
    }

    /// The columns of a lake table as DuckDB types them.
    private static func columns(
        of table: LakeInventory,
        _ folder: BucketsFolder,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [QueryResult.Column] {
        guard let snapshot = table.snapshot else { return [] }
        let empty = LakeRelation.query(
            of: snapshot,
            table: folder.lakeTable(table.table),
            files: []
        )
        return try connection.query(empty).columns
    }

    private func write(_ facts: WarehouseFacts, to output: StandardOutput) throws {
        var line = InventoryLine()
        line.warehouse = facts
        line.warehouse?.tables = []
        try write(line, to: output)
        for table in facts.tables {
            var line = InventoryLine()
            line.warehouseTable = table
            try write(line, to: output)
        }
    }

    private func write(_ line: InventoryLine, to output: StandardOutput) throws {
        output.write(String(decoding: try JSONText.encode(line), as: UTF8.self) + "\n")
    }
}
