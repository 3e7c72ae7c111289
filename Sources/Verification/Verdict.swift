import Buckets
import Events
import FunctionConfig

/// Compares what folders, lake, warehouse and ledger say, each read by itself; performs nothing.
///
/// What is under way, by the ledger, is left out of every comparison between them: it is pending. What
/// one snapshot says of itself (a version's rows against the history of the same table) must hold at
/// any time.
public struct Verdict {
    let inventory: Inventory
    let wiring: Wiring
    let remedies: Remedies
    /// The manifests that were read, by version and by key.
    let staged: [VersionName: FolderFacts.StagedVersion]
    /// The same by dropped file.
    let stagedBySource: [String: [FolderFacts.StagedVersion]]
    /// Bad rows by folder and sequencer.
    let quarantines: [QuarantinePlace: [FolderFacts.QuarantineFile]]
    /// The versions whose rows each table must hold, by its own history.
    private let contributors: [TableInStore: Set<VersionName>]
    /// Every version that the history of some table names.
    let allLoads: Set<VersionName>
    var report = VerifyReport()
    /// Versions of a table whose rows are at fault in one store, so that no comparison says it again.
    var faulty: Set<FaultyRows> = []

    /// A table of the lake or of the warehouse.
    private struct TableInStore: Hashable {
        var table: String
        var store: Finding.Store
    }

    /// Where bad rows of one version lie.
    struct QuarantinePlace: Hashable {
        /// The table and the rest of the key, joined by a slash.
        var folder: String
        var sequencer: Int64
    }

    /// Rows of a version that were found wrong.
    struct FaultyRows: Hashable {
        var table: String
        var name: VersionName
    }

    /// Judges an inventory.
    public static func report(on inventory: Inventory) -> VerifyReport {
        var verdict = Verdict(inventory)
        verdict.judge()
        return verdict.report
    }

    private init(_ inventory: Inventory) {
        self.inventory = inventory
        wiring = Wiring(config: inventory.config)
        remedies = Remedies(
            wiring: wiring,
            place: inventory.place,
            versions: inventory.lake.compactMapValues(\.version)
        )
        staged = Dictionary(
            inventory.folders.manifests.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        stagedBySource = Dictionary(grouping: inventory.folders.manifests, by: \.name.source)
        quarantines = Dictionary(grouping: inventory.folders.quarantines) { file in
            QuarantinePlace(folder: file.folder, sequencer: file.sequencer.column)
        }
        var contributors: [TableInStore: Set<VersionName>] = [:]
        var loads: Set<VersionName> = []
        func add(_ content: TableContent, _ table: String, _ store: Finding.Store) {
            let rule = ModeRule(
                mode: inventory.config.table(named: table).mode,
                modes: inventory.lake[table]?.modes ?? []
            )
            contributors[TableInStore(table: table, store: store)] = rule.contributing(content)
            loads.formUnion(content.loads.map(\.name))
        }
        for lake in inventory.lake.values { add(lake.content, lake.table, .lake) }
        for table in inventory.warehouse.tables { add(table.content, table.table, .warehouse) }
        self.contributors = contributors
        allLoads = loads
    }

    private mutating func judge() {
        let tables = tableNames
        report.checked.tables = tables.count
        report.checked.objects = inventory.folders.objects.count
        report.checked.deadLetters = inventory.ledger.deadLetters
        report.checked.quick = inventory.isQuick
        judgeLedger()
        if inventory.ledger.isReadable {
            judgeObjects()
            judgeManifests()
        }
        for table in tables { judge(table: table) }
        judgeQuarantines()
        judgeResults()
        judgeDerived()
        describePending()
        describeLimits(tables)
        report.findings.sort { $0.order.lexicographicallyPrecedes($1.order) }
    }

    /// Every table of lake or warehouse, and those that accepted versions belong to.
    private var tableNames: [String] {
        let accepted = [Finding.Store.lake, .warehouse].flatMap { wiring.functions(for: $0) }
            .flatMap { inventory.ledger.accepted[$0]?.keys.sorted() ?? [] }
        return Set(
            inventory.lake.keys + inventory.warehouse.tables.map(\.table) + accepted
        ).sorted()
    }

    private mutating func judge(table: String) {
        let lake = inventory.lake[table]
        let warehouse = inventory.warehouse.tables.first { $0.table == table }
        if let lake { judge(lake) }
        if let content = lake?.content, lake?.problem == nil {
            judgeRows(of: table, .lake, content)
        }
        if let warehouse, warehouse.exists, warehouse.copyOf == nil {
            judgeRows(of: table, .warehouse, warehouse.content)
        }
        judgePresence(of: table, lake, warehouse)
        if let lake, let warehouse { compare(lake, warehouse) }
        if let warehouse { judgeCopy(warehouse, of: lake) }
        judgeCatalog(of: table, lake)
        let versions = contributors(of: table, in: .lake)
            .union(contributors(of: table, in: .warehouse))
        report.checked.versions += versions.count
        report.checked.rows += lake?.content.totalRows ?? 0
        report.checked.rows += warehouse?.totalRows ?? 0
    }

    // MARK: - What the checks share

    func settings(_ table: String) -> TableSettings { inventory.config.table(named: table) }

    /// Whether something of a dropped file was under way while all was read.
    func isMoving(_ source: String) -> Bool { inventory.ledger.moving.contains(source) }

    /// How versions combine in a table.
    func rule(_ table: String) -> ModeRule {
        ModeRule(mode: settings(table).mode, modes: inventory.lake[table]?.modes ?? [])
    }

    /// Whether a table's commits were made in another mode than its settings name now.
    func isMixed(_ table: String) -> Bool { rule(table).isMixed }

    /// The versions whose rows a table must hold, by its history and its mode.
    func contributors(of table: String, in store: Finding.Store) -> Set<VersionName> {
        contributors[TableInStore(table: table, store: store)] ?? []
    }

    /// What makes one version's rows count anew, without a change to others.
    ///
    /// Another version of the same bytes would come after everything else: in mode `upsert` its rows
    /// would win over newer ones, in mode `replace_partitions` its partitions.
    func reload(_ name: VersionName, of table: String, _ store: Finding.Store) -> String {
        let file = ObjectKey(name.source).flatMap { inventory.folders.objects[$0] }
        let isSame =
            file != nil
            && (file?.eTag == nil || file?.eTag == staged[name]?.manifest.source.eTag)
        return isSame && !settings(table).mode.countsAllVersions
            ? remedies.reload(name, of: table, store) : remedies.rebuild(table, store)
    }

    mutating func find(
        _ code: FindingCode,
        _ store: Finding.Store,
        table: String? = nil,
        _ name: VersionName? = nil,
        file: String? = nil,
        expected: String,
        found: String,
        remedy: String
    ) {
        var finding = Finding(code, store, expected: expected, found: found, remedy: remedy)
        finding.table = table
        finding.object = name?.source
        finding.sequencer = name?.digits
        finding.file = file
        report.findings.append(finding)
    }
}

extension Finding {
    fileprivate var order: [String] {
        [table ?? "", store.rawValue, code.rawValue, object ?? "", sequencer ?? "", file ?? ""]
    }
}

/// `1 row`, `2 rows`.
func counted(_ count: Int64, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
