import Events
import FunctionConfig

// Lake and warehouse hold the same rows.
extension Verdict {
    /// Compares the rows of each version in lake and warehouse.
    ///
    /// In the modes `upsert` and `replace_partitions` a version's rows depend on what came after it,
    /// so both must hold the same versions.
    mutating func compare(_ lake: LakeFacts, _ warehouse: WarehouseTableFacts) {
        let table = lake.table
        guard lake.problem == nil, lake.content.isCounted, warehouse.exists,
            warehouse.content.isCounted, warehouse.copyOf == nil
        else { return }
        let left = contributors(of: table, in: .lake)
        let right = contributors(of: table, in: .warehouse)
        if rule(table).letsRowsGiveWay, left != right { return }
        let rows = Dictionary(
            warehouse.content.rows.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let lakeRows = Dictionary(
            lake.content.rows.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for name in left.intersection(right).sorted(by: { $0.sequencer < $1.sequencer })
        where !faulty.contains(FaultyRows(table: table, name: name)) {
            compare(
                lakeRows[name] ?? TableContent.Rows(name: name, count: 0),
                rows[name] ?? TableContent.Rows(name: name, count: 0),
                table
            )
        }
    }

    private mutating func compare(
        _ lake: TableContent.Rows,
        _ warehouse: TableContent.Rows,
        _ table: String
    ) {
        let found: String
        if lake.count != warehouse.count {
            found = "\(counted(lake.count, "row")) in the lake, \(warehouse.count) in the warehouse"
        } else if let left = lake.digest, let right = warehouse.digest, left != right {
            found = "other values in some of the \(counted(lake.count, "row"))"
        } else {
            return
        }
        find(
            .rowsDiffer,
            .warehouse,
            table: table,
            lake.name,
            expected: "the rows that lake.\(table) has",
            found: found,
            remedy: remedies.rebuild(table, .warehouse)
                + "; if it comes again, lake.\(table) is at fault, or `transform` does not always give "
                + "the same rows"
        )
    }

    /// Compares a copy of a lake table in the warehouse with its history and with the lake.
    mutating func judgeCopy(_ warehouse: WarehouseTableFacts, of lake: LakeFacts?) {
        guard let copy = warehouse.copyOf else { return }
        let table = warehouse.table
        if !warehouse.exists {
            find(
                .missingTable,
                .warehouse,
                table: table,
                expected: "the table, as sluice_loads says",
                found: "no table",
                remedy: remedies.copyAgain(table, lake?.version)
            )
            return
        }
        let lakeRows = lake?.content.isCounted == true ? lake?.content.totalRows : nil
        let isSame = lake?.version == copy.version && lake?.id == copy.id
        if warehouse.totalRows != copy.rows {
            if isSame, lakeRows == warehouse.totalRows {
                find(
                    .wrongLoad,
                    .warehouse,
                    table: table,
                    expected: counted(warehouse.totalRows, "row"),
                    found: "\(copy.rows) in sluice_loads",
                    remedy: remedies.copyAgain(table, lake?.version)
                )
            } else {
                find(
                    warehouse.totalRows < copy.rows ? .missingRows : .doubledRows,
                    .warehouse,
                    table: table,
                    expected: counted(copy.rows, "row"),
                    found: counted(warehouse.totalRows, "row"),
                    remedy: remedies.copyAgain(table, lake?.version)
                )
            }
        } else if isSame, let lakeRows, let lake {
            let hasOthers = Self.haveOtherValues(lake.content, warehouse.content)
            if lakeRows != warehouse.totalRows || hasOthers {
                find(
                    .rowsDiffer,
                    .warehouse,
                    table: table,
                    expected: "the rows that lake.\(table) has (\(lakeRows))",
                    found: hasOthers ? "other values in some of them" : "\(warehouse.totalRows)",
                    remedy: remedies.copyAgain(table, lake.version)
                )
            }
        }
        judgeAge(copy, warehouse, of: lake)
    }

    /// Whether as many rows hold other values; not, where the values were not looked at.
    private static func haveOtherValues(_ lake: TableContent, _ copy: TableContent) -> Bool {
        guard lake.foreignRows == copy.foreignRows, let left = lake.foreignDigest,
            let right = copy.foreignDigest
        else { return false }
        return left != right
    }

    /// A copy must be of the version that the newest settled commit made, or of a newer one.
    private mutating func judgeAge(
        _ copy: WarehouseTableFacts.LakeCopy,
        _ warehouse: WarehouseTableFacts,
        of lake: LakeFacts?
    ) {
        let table = warehouse.table
        guard let lake, let version = lake.version, let id = lake.id,
            !inventory.ledger.movingTables.contains(table),
            copy.id != id || copy.version < version,
            isSettled(version, of: table, by: wiring.functions(for: .warehouse))
        else { return }
        find(
            .missingVersion,
            .warehouse,
            table: table,
            expected: "a copy of version \(version) of lake.\(table)",
            found: copy.id == id ? "version \(copy.version)" : "a version of another table",
            remedy: remedies.copyAgain(table, version)
        )
    }
}
