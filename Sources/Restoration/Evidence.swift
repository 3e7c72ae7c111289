import Buckets
import Catalog
import Events
import FunctionConfig
import Verification

/// What tables tell of work that was done; whatever they do not tell has to be done again.
struct Evidence {
    private let remains: Remains
    private var lake: [String: TableHistory] = [:]
    private var warehouse: [String: TableHistory] = [:]
    private let copies: [String: WarehouseTableFacts.LakeCopy]

    init(_ remains: Remains) {
        self.remains = remains
        for table in remains.lake.values where table.problem == nil && table.version != nil {
            let mode = remains.config.table(named: table.table).mode
            lake[table.table] = TableHistory(table.content, mode: mode)
        }
        var copies: [String: WarehouseTableFacts.LakeCopy] = [:]
        for table in remains.warehouse.tables where table.exists {
            let mode = remains.config.table(named: table.table).mode
            warehouse[table.table] = TableHistory(table.content, mode: mode)
            copies[table.table] = table.copyOf
        }
        self.copies = copies
    }

    // MARK: - Versions

    /// Whether a function has nothing left to do with a manifest of a table.
    func isDone(_ function: String, with manifest: Manifest, of table: String) -> Bool {
        let version = VersionName(manifest.source)
        let isRemoval = manifest.isRemoval
        return switch handler(function) {
        case "convert": lake[table]?.isDone(with: version, isRemoval: isRemoval) == true
        case "load": warehouse[table]?.isDone(with: version, isRemoval: isRemoval) == true
        default: isCrawled(by: function, manifest, table)
        }
    }

    /// Whether a crawler was done with a manifest: the version is in a table, or nothing waits for
    /// the crawler's end any more.
    private func isCrawled(by crawler: String, _ manifest: Manifest, _ table: String) -> Bool {
        guard handler(crawler) == "crawl", catalogVersion(of: table) != nil else { return false }
        let version = VersionName(manifest.source)
        let isInTable = [lake[table], warehouse[table]].contains {
            $0?.names(version, isRemoval: manifest.isRemoval) == true
        }
        if isInTable { return true }
        let waiting = triggers(afterSuccessOf: crawler)
        return !waiting.isEmpty
            && waiting.allSatisfy {
                // Another crawler would ask for itself.
                handler($0.function) != "crawl" && isDone($0.function, with: manifest, of: table)
            }
    }

    /// The triggers that wait for a crawler's success.
    func triggers(afterSuccessOf crawler: String) -> [Trigger] {
        remains.config.triggers.filter { trigger in
            guard case .crawler(crawler, let states) = trigger.source else { return false }
            return states.contains("Succeeded")
        }
    }

    /// The version of a table's catalog entry.
    func catalogVersion(of table: String) -> Int? {
        remains.folders.catalog[table]?.entry?.version
    }

    // MARK: - Commits

    /// Whether a function has nothing left to do with a commit of a lake table.
    func isDone(_ function: String, withCommit version: Int64, of table: String) -> Bool {
        guard let lake = remains.lake[table], lake.problem == nil else { return false }
        switch handler(function) {
        case "similarity":
            let results = FunctionConfig.similarityTables.compactMap {
                remains.lake[$0]?.resultsCurrentAsOf[table]
            }
            return reaches(results.max(), version, changed: lake.dataVersion)
        case "derive":
            let derived = remains.config.derivedTables.filter { derived in
                derived.derivation?.refresh == .onCommit
                    && derived.derivation?.from.contains(table) == true
            }
            return !derived.isEmpty
                && derived.allSatisfy { derived in
                    let made = remains.lake[derived.name]?.derivedFrom[table]
                    return reaches(made, version, changed: lake.changedVersion)
                }
        case "load":
            guard let copy = copies[table], copy.id == lake.id else { return false }
            return copy.version >= version
        default: return false
        }
    }

    /// Whether what was made of one version holds for another: nothing changed in between.
    private func reaches(_ made: Int64?, _ version: Int64, changed: Int64?) -> Bool {
        guard let made else { return false }
        if made >= version { return true }
        return changed.map { made >= $0 } ?? false
    }

    private func handler(_ function: String) -> String? {
        remains.config.function(named: function)?.handler
    }
}
