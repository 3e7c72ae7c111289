import Buckets
import Events
import FunctionConfig

// Every version that the ledger says is done is in its table, and every version there is known.
extension Verdict {
    /// Compares what the ledger says is done with the histories of lake and warehouse.
    mutating func judgePresence(
        of table: String,
        _ lake: LakeFacts?,
        _ warehouse: WarehouseTableFacts?
    ) {
        if lake?.problem == nil {
            let isThere = lake?.version != nil
            judgePresence(of: table, .lake, isThere ? lake?.content : nil)
        }
        if inventory.warehouse.problem == nil {
            let isThere = warehouse?.exists == true
            judgePresence(of: table, .warehouse, isThere ? warehouse?.content : nil)
            if warehouse == nil { judgeMissingCopy(of: table, lake) }
        }
    }

    /// A lake table whose newest commit was loaded must have a copy in the warehouse.
    private mutating func judgeMissingCopy(of table: String, _ lake: LakeFacts?) {
        guard let version = lake?.version, !inventory.ledger.movingTables.contains(table),
            isSettled(version, of: table, by: wiring.functions(for: .warehouse))
        else { return }
        find(
            .missingTable,
            .warehouse,
            table: table,
            expected: "a copy of lake.\(table)",
            found: inventory.warehouse.exists ? "no table" : "no warehouse",
            remedy: remedies.copyAgain(table, version)
        )
    }

    /// Whether functions were done with a commit of a lake table.
    func isSettled(_ version: Int64, of table: String, by functions: [String]) -> Bool {
        let key = String(Self.logEntry(version, table).dropFirst("lake/".count))
        let recorded = inventory.ledger.newest[ObjectKey(bucket: "lake", key: key)]
        return recorded?.deliveries.contains {
            functions.contains($0.function) && $0.state == .done
        } == true
    }

    private mutating func judgePresence(
        of table: String,
        _ store: Finding.Store,
        _ content: TableContent?
    ) {
        let accepted = accepted(of: table, store).filter { !isMoving($0.source) }
        guard let content else {
            let accepted = accepted.filter { !isRemoval($0) && !isEnded($0, nil) }
            guard !accepted.isEmpty else { return }
            find(
                .missingTable,
                store,
                table: table,
                expected: counted(Int64(accepted.count), "version") + " in it",
                found: store == .warehouse && !inventory.warehouse.exists
                    ? "no warehouse" : "no table",
                remedy: remedies.fillMissing(table, store, hasHistory: hasHistory(table))
            )
            return
        }
        for name in missing(accepted, table, content) { reportMissing(name, table, store, content) }
        let contributing = contributors(of: table, in: store)
        for load in content.loads where load.isCurrent && contributing.contains(load.name) {
            judgeKnown(load.name, table, store)
        }
    }

    private func hasHistory(_ table: String) -> Bool {
        inventory.warehouse.tables.first { $0.table == table }?.content.loads.isEmpty == false
    }

    /// The versions that functions of a store were done with.
    func accepted(of table: String, _ store: Finding.Store) -> Set<VersionName> {
        wiring.functions(for: store).reduce(into: []) { all, function in
            all.formUnion(inventory.ledger.accepted[function]?[table] ?? [])
        }
    }

    /// Versions that should be in a table by its mode, and that neither history nor rows show.
    private func missing(
        _ accepted: Set<VersionName>,
        _ table: String,
        _ content: TableContent
    ) -> [VersionName] {
        let current = Set(content.loads.filter(\.isCurrent).map(\.name))
        let rows = Set(content.rows.map(\.name))
        var newest: [String: Int64] = [:]
        for name in current { newest[name.source] = max(newest[name.source] ?? 0, name.sequencer) }
        let latest = current.map(\.sequencer).max() ?? 0
        func isThere(_ name: VersionName) -> Bool {
            if current.contains(name) || rows.contains(name) { return true }
            if isRemoval(name) {
                return !current.contains {
                    $0.source == name.source && $0.sequencer < name.sequencer
                }
            }
            if isEnded(name, content) { return true }
            switch settings(table).mode {
            case .upsert, .replacePartitions:
                return isMixed(table) && newest[name.source] ?? 0 > name.sequencer
            case .replace: return latest > name.sequencer
            case .append: return newest[name.source] ?? 0 > name.sequencer
            }
        }
        var missing = accepted.filter { !isThere($0) }
        if !settings(table).mode.countsAllVersions {
            // Of one file only the newest has to be there.
            missing = missing.filter { name in
                !missing.contains { $0.source == name.source && $0.sequencer > name.sequencer }
            }
        }
        if settings(table).mode == .replace {
            missing = Set(missing.max { $0.sequencer < $1.sequencer }.map { [$0] } ?? [])
        }
        return missing.sorted { $0.sequencer < $1.sequencer }
    }

    /// Whether a version ends its file.
    func isRemoval(_ name: VersionName) -> Bool {
        staged[name]?.manifest.isRemoval
            ?? inventory.ledger.manifests[name].map { _ in inventory.ledger.removals.contains(name)
            }
            ?? false
    }

    /// Whether the file was removed after a version.
    func isEnded(_ name: VersionName, _ content: TableContent?) -> Bool {
        content?.removal(of: name) != nil
            || stagedBySource[name.source]?.contains {
                $0.manifest.isRemoval && $0.name.sequencer > name.sequencer
            } == true
    }

    private mutating func reportMissing(
        _ name: VersionName,
        _ table: String,
        _ store: Finding.Store,
        _ content: TableContent
    ) {
        guard !isRemoval(name) else {
            find(
                .missingVersion,
                store,
                table: table,
                name,
                expected: "no version of the file: the ledger says that it was taken out",
                found: "older ones in the table",
                remedy: remedies.bring(manifestKey(name, table), store)
            )
            return
        }
        let there = content.loads.filter { $0.isCurrent && $0.name.source == name.source }
            .map(\.name.sequencer).max()
        find(
            .missingVersion,
            store,
            table: table,
            name,
            expected: "the version in the table: the ledger says that it was accepted",
            found: there.map {
                "version \(Sequencer(rawValue: UInt64($0))) of the file"
            } ?? "no version of the file",
            remedy: remedies.bring(manifestKey(name, table), store)
        )
    }

    /// A version in a table must be one that the ledger knows and has settled.
    private mutating func judgeKnown(
        _ name: VersionName,
        _ table: String,
        _ store: Finding.Store
    ) {
        let ledger = inventory.ledger
        guard ledger.isReadable, !isMoving(name.source) else { return }
        guard let manifest = ledger.manifests[name] else {
            // A file that is still there, and nobody knows of, is found among the objects.
            guard !ledger.versions.contains(name), staged[name] == nil else { return }
            find(
                .forgottenObject,
                .ledger,
                table: table,
                name,
                expected: "the version in the ledger, since it is in \(store.rawValue).\(table)",
                found: "nothing",
                remedy: reload(name, of: table, store)
            )
            return
        }
        let functions = wiring.functions(for: store)
        let states = manifest.deliveries.filter { functions.contains($0.function) }.map(\.state)
        guard states.contains(.dead), !states.contains(.done) else { return }
        find(
            .deadLetterInTable,
            .ledger,
            table: table,
            name,
            expected: "the version settled, since it is in \(store.rawValue).\(table)",
            found: "a dead letter",
            remedy: remedies.redrive
        )
    }

    /// The key of a version's manifest in stage-2.
    func manifestKey(_ name: VersionName, _ table: String) -> String {
        if let staged = staged[name] { return staged.key }
        let key = ObjectKey(name.source)?.key ?? name.source
        let folder = Manifest.folderKey(
            table: table,
            rest: Manifest.rest(ofKey: key),
            sequencer: Sequencer(rawValue: UInt64(max(0, name.sequencer)))
        )
        return "\(folder)/\(Manifest.fileName)"
    }
}
