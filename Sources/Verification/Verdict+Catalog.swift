import Buckets
import Catalog
import Events
import FunctionConfig

// The catalog is wide enough for what the tables hold, and results show what the lake holds.
extension Verdict {
    /// Compares a table's catalog entry with its lake schema, with headers, and with the ledger.
    mutating func judgeCatalog(of table: String, _ lake: LakeFacts?) {
        let isCrawled = wiring.functions("crawl").contains { function in
            inventory.ledger.accepted[function]?[table]?.contains { !isMoving($0.source) } == true
        }
        let facts = inventory.folders.catalog[table]
        guard let entry = facts?.entry else {
            guard isCrawled || facts?.problem != nil else { return }
            find(
                facts?.problem == nil ? .missingCatalogEntry : .unreadableCatalogEntry,
                .catalog,
                table: table,
                file: "catalog/\(table).json",
                expected: "the table's columns",
                found: facts?.problem ?? "no file",
                remedy: remedies.crawlAgain(table, isReadable: facts?.problem == nil)
            )
            return
        }
        var lacks: [String] = []
        if !inventory.ledger.movingTables.contains(table),
            let version = inventory.ledger.catalogVersions[table], entry.version < version
        {
            lacks.append("version \(entry.version), and a crawl made version \(version)")
        }
        if let last = entry.versions.last,
            last.versionID != entry.table.versionID
                || last.columns != entry.table.storageDescriptor.columns + entry.table.partitionKeys
        {
            lacks.append("other columns than its own newest version (\(last.versionID)) lists")
        }
        lacks += narrowColumns(entry, lake)
        lacks += missingColumns(entry)
        guard !lacks.isEmpty else { return }
        find(
            .catalogBehind,
            .catalog,
            table: table,
            file: "catalog/\(table).json",
            expected: "an entry that is wide enough for every accepted version",
            found: lacks.prefix(5).joined(separator: "; "),
            remedy: remedies.crawlAgain(table, isReadable: true)
        )
    }

    /// Inferred columns whose type in the lake is wider than in the catalog.
    private func narrowColumns(_ entry: TableEntry, _ lake: LakeFacts?) -> [String] {
        guard let lake, settings(entry.table.name).transform == nil else { return [] }
        return entry.columns.compactMap { column in
            guard column.inferred != nil,
                let shown = lake.columns.first(where: { $0.name == column.name }),
                let type = ColumnType(shown.type), type.widened(by: column.type) != column.type
            else { return nil }
            return "\(column.name) is \(column.type), and \(shown.type) in the lake"
        }
    }

    /// Columns that headers of crawled versions name and the entry does not.
    private func missingColumns(_ entry: TableEntry) -> [String] {
        let table = entry.table.name
        let names = Set(entry.columns.map(\.name))
        let map = ColumnMap(settings(table))
        var lacks: Set<String> = []
        for function in wiring.functions("crawl") {
            for name in inventory.ledger.accepted[function]?[table] ?? []
            where !isMoving(name.source) {
                guard let format = staged[name]?.manifest.format, format.columns != nil else {
                    continue
                }
                for case let column? in map.columns(ofFields: format)
                where !names.contains(column) {
                    lacks.insert("no column \(column), which \(name.source) has")
                }
            }
        }
        return lacks.sorted()
    }

    /// Compares the files of bucket `results` with the lake.
    mutating func judgeResults() {
        for result in inventory.results {
            guard result.exists else {
                reportResult(result, .missingResult, "no file")
                continue
            }
            if result.rows != result.expectedRows {
                let found = result.rows.map { counted($0, "row") } ?? "a file that cannot be read"
                reportResult(result, .staleResult, found)
            } else if result.isEqual == false {
                reportResult(result, .staleResult, "other values")
            }
        }
        judgeProgress()
    }

    private mutating func reportResult(
        _ result: ResultFacts,
        _ code: FindingCode,
        _ found: String
    ) {
        let table = "weighted_distances"
        guard !inventory.ledger.movingTables.contains(table), !isComputing else { return }
        find(
            code,
            .results,
            table: table,
            file: result.file,
            expected: counted(result.expectedRows, "row") + " of lake.\(table)",
            found: found,
            remedy: remedies.export(result)
        )
    }

    private var isComputing: Bool {
        let functions = Set(wiring.functions("similarity"))
        return inventory.ledger.runs.contains { functions.contains($0.function) }
    }

    /// Results are of the newest commit with a change of data that `similarity` was done with.
    private mutating func judgeProgress() {
        guard let input = inventory.config.similarityTable?.name,
            let results = inventory.lake["weighted_distances"], results.problem == nil,
            let lake = inventory.lake[input], let version = lake.dataVersion, !isComputing,
            !inventory.ledger.movingTables.contains(input),
            isSettled(version, of: input, by: wiring.functions("similarity"))
        else { return }
        let current = results.resultsCurrentAsOf[input] ?? -1
        guard current < version else { return }
        find(
            .staleResult,
            .lake,
            table: "weighted_distances",
            expected: "results of version \(version) of lake.\(input)",
            found: current < 0 ? "none" : "results of version \(current)",
            remedy: remedies.sluice(
                "invoke \(wiring.function("similarity")) \(Self.logEntry(version, input))"
            )
        )
    }
}
