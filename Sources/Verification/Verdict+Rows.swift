import Buckets
import Events
import FunctionConfig

// Every record is a row or a bad row, and every row belongs to a version that counts.
extension Verdict {
    /// Compares a table's rows with its own history, and that with manifests and quarantine.
    mutating func judgeRows(of table: String, _ store: Finding.Store, _ content: TableContent) {
        guard content.isCounted else { return }
        let counts = Dictionary(
            content.rows.map { ($0.name, $0.count) },
            uniquingKeysWith: { first, _ in first }
        )
        let loads = Dictionary(grouping: content.loads, by: \.name)
        let contributing = contributors(of: table, in: store)
        let newest = contributing.map(\.sequencer).max()
        for load in content.loads where load.isCurrent && contributing.contains(load.name) {
            judge(
                load,
                of: table,
                store,
                rows: counts[load.name] ?? 0,
                isNewest: load.name.sequencer == newest
            )
        }
        let mixed = isMixed(table)
        for rows in content.rows where !contributing.contains(rows.name) {
            let isCurrent = loads[rows.name]?.contains(where: \.isCurrent) == true
            if isCurrent, mixed { continue }
            judgeStray(
                rows,
                of: table,
                store,
                content,
                isKnown: store == .warehouse && loads[rows.name] != nil
            )
        }
        judgeDoubled(content, of: table, store)
    }

    /// Keys with several rows, partitions with rows of several versions.
    private mutating func judgeDoubled(
        _ content: TableContent,
        of table: String,
        _ store: Finding.Store
    ) {
        if let doubled = content.doubledKeys, doubled > 0 {
            find(
                .doubledKey,
                store,
                table: table,
                expected:
                    "one row for each value of \(settings(table).keys.joined(separator: ", "))",
                found: "\(doubled) values with more",
                remedy: remedies.rebuild(table, store)
            )
        }
        // What another mode wrote stays until a version takes its partition.
        if let shared = content.sharedPartitions, shared > 0, !isMixed(table) {
            let columns = settings(table).partitionBy.joined(separator: ", ")
            find(
                .sharedPartition,
                store,
                table: table,
                expected: "rows of one version for each value of \(columns)",
                found: "\(shared) values with rows of several",
                remedy: remedies.rebuild(table, store)
            )
        }
    }

    /// Rows of a version that the table should not hold.
    private mutating func judgeStray(
        _ rows: TableContent.Rows,
        of table: String,
        _ store: Finding.Store,
        _ content: TableContent,
        isKnown: Bool
    ) {
        faulty.insert(FaultyRows(table: table, name: rows.name))
        if let removal = content.removal(of: rows.name) {
            find(
                .supersededRows,
                store,
                table: table,
                rows.name,
                expected: "no rows, since the file was taken out (\(removal.digits))",
                found: counted(rows.count, "row"),
                remedy: remedies.retract(rows.name)
            )
            return
        }
        let isReplace = settings(table).mode == .replace
        let newer = content.loads.filter {
            $0.isCurrent && $0.name.sequencer > rows.name.sequencer
                && (isReplace || $0.name.source == rows.name.source)
        }.map(\.name).max { $0.sequencer < $1.sequencer }
        if let newer {
            find(
                .supersededRows,
                store,
                table: table,
                rows.name,
                expected:
                    "no rows, since version \(newer.digits) of \(newer.source) is in the table",
                found: counted(rows.count, "row"),
                remedy: reload(newer, of: table, store)
            )
        } else if isKnown {
            find(
                .wrongLoad,
                store,
                table: table,
                rows.name,
                expected:
                    "status loaded: \(counted(rows.count, "row")) are there and no newer version",
                found: "status replaced",
                remedy: wrongLoadRemedy(rows.name, table, store, "status = 'loaded'")
            )
        } else {
            find(
                .rowsWithoutLoad,
                store,
                table: table,
                rows.name,
                expected: "an entry of the version in the table's history (\(history(store)))",
                found: "\(counted(rows.count, "row")) without one",
                remedy: remedies.rebuild(table, store)
            )
        }
    }

    /// One version that the history counts: rows, history, bad rows and records must agree.
    private mutating func judge(
        _ load: TableContent.Load,
        of table: String,
        _ store: Finding.Store,
        rows: Int64,
        isNewest: Bool
    ) {
        var account = Account(
            rows: rows,
            loaded: load.rows,
            rejected: load.rejected,
            quarantined: quarantined(load, of: table, store),
            records: records(of: load.name, in: table),
            canGiveWay: rule(table).letsRowsGiveWay
        )
        account.isNewest = isNewest
        account.loadedElsewhere = loadedElsewhere(load.name, table, store)
        let faults = account.faults(isQuarantineSettled: !isMoving(load.name.source))
        for fault in faults { report(fault, load, account, table, store) }
        if let manifest = staged[load.name]?.manifest, let eTag = load.eTag,
            eTag != manifest.source.eTag
        {
            find(
                .wrongLoad,
                store,
                table: table,
                load.name,
                expected: "eTag \(manifest.source.eTag), as the manifest has it",
                found: eTag,
                remedy: wrongLoadRemedy(load.name, table, store, "etag = '\(manifest.source.eTag)'")
            )
        }
    }

    private mutating func report(
        _ fault: Account.Fault,
        _ load: TableContent.Load,
        _ account: Account,
        _ table: String,
        _ store: Finding.Store
    ) {
        switch fault {
        case .rows(let expected):
            faulty.insert(FaultyRows(table: table, name: load.name))
            let code: FindingCode =
                account.rows > expected
                ? .doubledRows : account.rows == 0 ? .loadWithoutRows : .missingRows
            find(
                code,
                store,
                table: table,
                load.name,
                expected: (account.canGiveWay ? "at most " : "") + counted(expected, "row"),
                found: counted(account.rows, "row"),
                remedy: reload(load.name, of: table, store)
            )
        case .noRowOfNewest:
            faulty.insert(FaultyRows(table: table, name: load.name))
            find(
                .loadWithoutRows,
                store,
                table: table,
                load.name,
                expected: "rows: nothing came after it that could have replaced them",
                found: "0 rows of \(account.loaded ?? 0)",
                remedy: remedies.rebuild(table, store)
            )
        case .load(let rows, let rejected):
            find(
                .wrongLoad,
                store,
                table: table,
                load.name,
                expected: "\(counted(rows, "row")) and \(counted(rejected, "bad row"))",
                found: "\(load.rows ?? 0) and \(load.rejected ?? 0) in \(history(store))",
                remedy: wrongLoadRemedy(
                    load.name,
                    table,
                    store,
                    "rows = \(rows), rejects = \(rejected)"
                )
            )
        case .quarantine(let expected): reportQuarantine(load.name, table, store, expected)
        case .records(let records):
            find(
                .unaccountedRecords,
                store,
                table: table,
                load.name,
                expected: "\(counted(records, "record")) as rows and bad rows",
                found: "\(counted(account.rows, "row")) and "
                    + counted(account.quarantined, "bad row"),
                remedy: reload(load.name, of: table, store)
            )
        }
    }

    private func wrongLoadRemedy(
        _ name: VersionName,
        _ table: String,
        _ store: Finding.Store,
        _ change: String
    ) -> String {
        store == .lake
            ? remedies.rebuild(table, store)
            : "in the warehouse `UPDATE \(remedies.onServer("sluice_loads")) SET \(change) WHERE "
                + "table_name = '\(table)' AND source = '\(name.source)' AND sequencer = "
                + "\(name.sequencer)`"
    }

    private func history(_ store: Finding.Store) -> String {
        store == .lake ? "the Delta log" : "sluice_loads"
    }

    /// The version's records; nil where rows cannot be compared with them.
    private func records(of name: VersionName, in table: String) -> Int64? {
        guard settings(table).transform == nil else { return nil }
        return staged[name].map { Int64($0.manifest.records) }
    }

    /// Good rows as the other store's history has them.
    private func loadedElsewhere(
        _ name: VersionName,
        _ table: String,
        _ store: Finding.Store
    ) -> Int64? {
        let other =
            store == .lake
            ? inventory.warehouse.tables.first { $0.table == table }?.content
            : inventory.lake[table]?.content
        return other?.loads.first { $0.name == name }?.rows
    }
}
