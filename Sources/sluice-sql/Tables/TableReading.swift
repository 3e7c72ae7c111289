import Buckets
import Catalog
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import LakeFiles
import TableRows

/// Reads what logs, catalog and warehouse tell of tables; no data file is opened.
final class TableReading {
    /// Every table of lake, warehouse or catalog, by name.
    let names: [String]
    /// What could not be read.
    private(set) var problems: [String] = []

    private let folder: BucketsFolder
    private let config: FunctionConfig
    private let checkpoints: DuckDBCheckpoints
    private let warehouse: WarehouseTables

    /// Opens the warehouse, if there is one, and lists the tables.
    init(
        folder: BucketsFolder,
        config: FunctionConfig,
        database: borrowing Database
    ) throws {
        // Everything that can fail comes before the first assignment to a noncopyable part.
        let checkpoints = try DuckDBCheckpoints(database)
        let known =
            try InventoryCommand.catalogTables(in: folder) + LakeInventory.tables(in: folder)
        let warehouse = WarehouseTables(
            config.warehouse,
            besides: known,
            on: try database.connect()
        )
        names = Set(known + warehouse.names).sorted()
        self.folder = folder
        self.config = config
        self.checkpoints = checkpoints
        self.warehouse = warehouse
        if let problem = warehouse.problem { problems.append(problem) }
    }

    /// A table's line in the list.
    func summary(of table: String) throws -> TableSummary {
        var summary = TableSummary(table: table, mode: mode(of: table)?.rawValue)
        summary.derivedFrom = config.table(named: table).derivation?.from
        let log = DeltaLog(table: folder.lakeTable(table))
        if let snapshot = try snapshot(log) {
            summary.lake = TableSummary.LakeFigures(
                rows: Self.rows(of: snapshot.files),
                files: snapshot.files.count,
                bytes: snapshot.files.reduce(0) { $0 + $1.size },
                version: snapshot.version
            )
            summary.lastChange = Self.time(of: snapshot.version, log)
        }
        if let rows = warehouse.rows(of: table) {
            summary.warehouse = TableSummary.WarehouseFigures(rows: rows)
        }
        summary.lastChange =
            [summary.lastChange, warehouse.lastLoad(of: table)].compactMap(\.self).max()
        return summary
    }

    /// All that is known of a table.
    func description(of table: String) throws -> TableDescription {
        let settings = config.table(named: table)
        var description = TableDescription(table: table, mode: mode(of: table)?.rawValue)
        description.keys = settings.keys
        description.transform = settings.transform
        description.derived = settings.derivation.map {
            TableDescription.Derived(
                from: $0.from,
                query: $0.query,
                refresh: $0.refresh.description
            )
        }
        let entry = try entry(of: table)
        let log = DeltaLog(table: folder.lakeTable(table))
        let snapshot = try snapshot(log)
        description.columns = LakeDescription.columns(entry, snapshot, settings)
        for version in entry?.versions ?? [] {
            description.changes.append(
                TableDescription.Change(
                    store: "catalog",
                    version: Int64(version.versionID) ?? 0,
                    time: version.updateTime,
                    changes: version.changes.isEmpty
                        ? ["other names of columns in files"] : version.changes
                )
            )
        }
        if let snapshot {
            let history = try LogHistory(of: log)
            description.lake = LakeDescription.lake(snapshot, history, settings)
            description.changes += LakeDescription.changes(history)
            description.lastChange = description.lake?.lastVersions.first?.time
        }
        description.warehouse = try warehouse.description(of: table)
        description.lastChange =
            [description.lastChange, warehouse.lastLoad(of: table)].compactMap(\.self).max()
        return description
    }

    /// Tables that `similarity` or `derive` writes have none.
    private func mode(of table: String) -> TableSettings.Mode? {
        let settings = config.table(named: table)
        let isMade =
            FunctionConfig.similarityTables.contains(table) || settings.derivation != nil
        return isMade ? nil : settings.mode
    }

    private func entry(of table: String) throws -> TableEntry? {
        do { return try TableEntry.read(table, in: folder) } catch let error as CatalogError {
            problems.append(error.description)
            return nil
        }
    }

    private func snapshot(_ log: DeltaLog) throws -> Snapshot? {
        do { return try log.snapshot(using: checkpoints) } catch {
            problems.append("\(error.description); `sluice verify` says what to do")
            return nil
        }
    }

    /// The rows that the log tells of.
    static func rows(of files: [AddFile]) -> Int64 {
        files.reduce(0) { $0 + ($1.recordCount ?? 0) }
    }

    /// When a version was made, by its commit.
    private static func time(of version: Int64, _ log: DeltaLog) -> String? {
        for case .commitInfo(let info) in (try? log.actions(at: version)) ?? [] {
            return info.timestamp.map(time)
        }
        return nil
    }

    /// ISO 8601 in UTC, of milliseconds since 1970.
    static func time(_ milliseconds: Int64) -> String {
        UTCTime.iso8601(microseconds: milliseconds * 1000)
    }
}
