import Buckets
import Events
import FunctionConfig

@testable import Verification

/// Facts about one table of a few versions, made up for a test.
struct SmallInventory {
    private(set) var inventory: Inventory
    static let table = "t"

    /// Empty buckets under these settings of the table.
    init(settings: String = "{}") throws {
        let config = try FunctionConfig(
            json: "{\"tables\": {\"\(Self.table)\": \(settings)}}",
            path: "/functions.json",
            surroundings: .init(bucketsFolder: "/b", environment: [:])
        )
        inventory = Inventory(
            config: config,
            folders: FolderFacts(),
            lake: [Self.table: LakeFacts(table: Self.table)],
            warehouse: WarehouseFacts(),
            results: [],
            ledger: LedgerFacts()
        )
        lake.version = 0
        inventory.warehouse.exists = true
        var table = WarehouseTableFacts(table: Self.table)
        table.exists = true
        inventory.warehouse.tables = [table]
    }

    var lake: LakeFacts {
        get { inventory.lake[Self.table] ?? LakeFacts(table: Self.table) }
        set { inventory.lake[Self.table] = newValue }
    }

    var warehouse: WarehouseTableFacts {
        get { inventory.warehouse.tables[0] }
        set { inventory.warehouse.tables[0] = newValue }
    }

    var ledger: LedgerFacts {
        get { inventory.ledger }
        set { inventory.ledger = newValue }
    }

    var folders: FolderFacts {
        get { inventory.folders }
        set { inventory.folders = newValue }
    }

    static func name(_ key: String, _ sequencer: Int64) -> VersionName {
        VersionName(source: "stage-1/t/\(key)", sequencer: sequencer)
    }

    /// Adds a version of so many rows to folders and ledger, and to lake and warehouse unless told not to.
    mutating func add(
        _ key: String,
        _ sequencer: Int64,
        rows: Int64,
        lake isInLake: Bool = true,
        warehouse isInWarehouse: Bool = true,
        state: LedgerFacts.State = .done
    ) {
        let source = ObjectVersion(
            bucket: "stage-1",
            key: "t/\(key)",
            size: 1,
            eTag: "\(sequencer)",
            sequencer: Sequencer(rawValue: UInt64(sequencer))
        )
        let manifestKey = Manifest.key(table: Self.table, source: source)
        let chunk = Manifest.Chunk(
            key: "t/\(key)/\(source.sequencer)/part-00000.csv",
            size: 1,
            eTag: "e",
            records: Int(rows),
            firstLine: 2,
            firstRecord: 1
        )
        let manifest = Manifest(
            source: source,
            table: Self.table,
            format: RecordFormat(
                type: .csv,
                delimiter: ",",
                header: true,
                columns: ["a"],
                fields: 1
            ),
            chunks: [chunk]
        )
        var file = FolderFacts.ChunkFile(
            key: chunk.key,
            expectedSize: 1,
            expectedETag: "e",
            size: 1
        )
        file.eTag = "e"
        folders.manifests.append(.init(key: manifestKey, manifest: manifest, chunks: [file]))
        record(source, manifestKey, state)
        let name = VersionName(source)
        if isInLake { load(name, rows, into: &lake.content) }
        if isInWarehouse { load(name, rows, into: &warehouse.content) }
    }

    /// Adds a removal of a file to folders and ledger, and to lake and warehouse unless told not to.
    mutating func remove(
        _ key: String,
        _ sequencer: Int64,
        lake isInLake: Bool = true,
        warehouse isInWarehouse: Bool = true
    ) {
        let source = ObjectVersion(
            bucket: "stage-1",
            key: "t/\(key)",
            size: 0,
            eTag: "",
            sequencer: Sequencer(rawValue: UInt64(sequencer))
        )
        let manifest = Manifest(removalOf: source, table: Self.table)
        let manifestKey = Manifest.key(table: Self.table, source: source)
        folders.manifests.append(.init(key: manifestKey, manifest: manifest, chunks: []))
        let newest = ledger.newest[source.objectKey]
        record(source, manifestKey, .done)
        ledger.newest[source.objectKey] = newest
        ledger.removals.insert(VersionName(source))
        if isInLake { end(VersionName(source), in: &lake.content) }
        if isInWarehouse { end(VersionName(source), in: &warehouse.content) }
    }

    private func end(_ removal: VersionName, in content: inout TableContent) {
        content.removals.append(removal)
        for index in content.loads.indices
        where content.removal(of: content.loads[index].name) != nil {
            content.loads[index].isCurrent = false
        }
        let rows = content.rows.filter { content.removal(of: $0.name) == nil }
        content.rows = rows
    }

    private func load(_ name: VersionName, _ rows: Int64, into content: inout TableContent) {
        if !inventory.config.table(named: Self.table).mode.countsAllVersions {
            for index in content.loads.indices where content.loads[index].name.source == name.source
            {
                content.loads[index].isCurrent = false
            }
            content.rows.removeAll { $0.name.source == name.source }
        }
        content.loads.append(.init(name: name, rows: rows, rejected: 0))
        if rows > 0 { content.rows.append(.init(name: name, count: rows, digest: "\(rows)")) }
    }

    private mutating func record(
        _ source: ObjectVersion,
        _ manifestKey: String,
        _ state: LedgerFacts.State
    ) {
        let name = VersionName(source)
        var manifest = source
        manifest.bucket = "stage-2"
        manifest.key = manifestKey
        let deliveries = ["crawl", "convert", "load"].map { function in
            LedgerFacts.Delivery(
                trigger: ["crawl": "staged", "convert": "to-lake"][function] ?? "to-wh",
                function: function,
                state: function == "crawl" ? .done : state
            )
        }
        let split = LedgerFacts.Delivery(trigger: "new-file", function: "split", state: .done)
        ledger.newest[source.objectKey] = .init(
            version: source,
            table: Self.table,
            source: name,
            deliveries: [split]
        )
        let recorded = LedgerFacts.RecordedObject(
            version: manifest,
            table: Self.table,
            source: name,
            deliveries: deliveries
        )
        ledger.newest[manifest.objectKey] = recorded
        ledger.manifests[name] = recorded
        ledger.versions.insert(name)
        if state == .done {
            for function in ["convert", "load"] {
                ledger.accepted[function, default: [:]][Self.table, default: []].insert(name)
            }
        }
        if state.isOpen { ledger.moving.insert(name.source) }
    }

    /// `store code` of each finding.
    var findings: [String] {
        Verdict.report(on: inventory).findings.map { "\($0.store.rawValue) \($0.code.rawValue)" }
    }
}
