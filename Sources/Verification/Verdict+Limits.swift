import Events
import FunctionConfig

// What cannot be proven is said.
extension Verdict {
    mutating func describeLimits(_ tables: [String]) {
        if inventory.isQuick {
            report.notes.append(
                "quick: files that look unchanged, chunks and the values of rows were not read"
            )
        }
        if let problem = inventory.warehouse.problem {
            find(
                .unreadableWarehouse,
                .warehouse,
                expected: "a warehouse that can be read",
                found: problem,
                remedy: unreadableWarehouseRemedy
            )
        }
        for table in tables { describeLimits(of: table) }
        describePurged()
        let pruned = inventory.ledger.manifests.values.count(where: \.isPruned)
        if pruned > 0 {
            report.notes.append(
                "\(counted(Int64(pruned), "version")) that newer ones have replaced: what was done with "
                    + "them is forgotten, as `retention` says, so their deliveries were not looked at"
            )
        }
        let gone = inventory.ledger.newest.filter { key, object in
            key.bucket != "stage-2" && key.bucket != "lake" && !object.isDeleted
                && inventory.folders.objects[key] == nil
        }
        if !gone.isEmpty {
            report.notes.append(
                "\(counted(Int64(gone.count), "object")) removed since `sluice up` last looked; their "
                    + "rows stay"
            )
        }
        if inventory.ledger.deadLetters > 0 {
            report.notes.append(
                "\(counted(Int64(inventory.ledger.deadLetters), "dead letter")): their versions are in "
                    + "no table by design; `sluice status` names them"
            )
        }
    }

    private var unreadableWarehouseRemedy: String {
        guard case .duckDB(let path) = inventory.config.warehouse else {
            return "let the server be reached, and verify again"
        }
        return
            "if it is damaged, move it away and verify again, which tells how to fill each table: `mv "
            + "\(Remedies.quoted(path)) warehouse.broken`; or put it back from a backup"
    }

    private mutating func describeLimits(of table: String) {
        let settings = settings(table)
        let lake = inventory.lake[table]
        let compared =
            inventory.config.hasWarehouse
            ? "; lake and warehouse were compared with each other" : ""
        if settings.transform != nil {
            report.notes.append(
                "\(table): `transform` changes how many rows there are, so records were not compared "
                    + "with rows\(compared)"
            )
        }
        if settings.mode == .upsert {
            report.notes.append(
                "\(table): in mode upsert rows give way to later ones, so a version's rows have an upper "
                    + "bound\(compared)"
            )
        }
        if settings.mode == .replacePartitions {
            report.notes.append(
                "\(table): in mode replace_partitions partitions give way to later versions, so a "
                    + "version's rows have an upper bound; each partition was found to have rows of "
                    + "one version\(compared)"
            )
        }
        if isMixed(table) {
            let modes = (lake?.modes ?? []).joined(separator: ", ")
            report.notes.append(
                "\(table): its commits were made in mode \(modes), the settings say "
                    + "\(settings.mode.rawValue); rules that depend on the mode were left out"
            )
        }
        if let lake, let oldest = lake.oldestCommit, oldest > 0 {
            report.notes.append(
                "lake.\(table): commits before \(oldest) are gone, as after a clean-up of the log; what "
                    + "they said was not compared"
            )
        }
        if lake?.content.isCounted == false || lake?.problem != nil {
            report.notes.append("lake.\(table): its rows could not be counted")
        }
        let foreign =
            (lake?.content.foreignRows ?? 0)
            + (inventory.warehouse.tables.first { $0.table == table }?.content.foreignRows ?? 0)
        if foreign > 0,
            inventory.warehouse.tables.first(where: { $0.table == table })?.copyOf == nil,
            !Wiring.resultTables.contains(table), settings.derivation == nil
        {
            report.notes.append("\(table): \(counted(foreign, "row")) that other programs added")
        }
    }

    private mutating func describePurged() {
        let purged = inventory.folders.manifests.filter { version in
            counts(version.name) && version.chunks.contains { $0.size == nil }
                && inventory.ledger.manifests[version.name]?.isPurged == true
        }
        if !purged.isEmpty {
            report.notes.append(
                "\(counted(Int64(purged.count), "version")) whose chunks were purged: their text was not "
                    + "compared with anything"
            )
        }
    }
}
