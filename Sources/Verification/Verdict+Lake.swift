// The log of a lake table is whole, and its files are what it says.
extension Verdict {
    /// Judges the log and the data files of a lake table.
    mutating func judge(_ lake: LakeFacts) {
        let table = lake.table
        report.checked.files += lake.files.count
        let missing = lake.missingCommits.map { Self.logEntry($0, lake.table) }
        for entry in missing {
            find(
                .missingLogEntry,
                .lake,
                table: table,
                file: entry,
                expected: "an entry of the log",
                found: "no file",
                remedy: remedies.rebuild(table, .lake)
            )
        }
        if let problem = lake.problem, missing.isEmpty {
            find(
                .unreadableLog,
                .lake,
                table: table,
                file: "lake/\(table)/_delta_log",
                expected: "a log that can be read",
                found: problem,
                remedy: remedies.rebuild(table, .lake)
            )
        }
        for difference in lake.checkpointDifferences {
            find(
                .checkpointDiffers,
                .lake,
                table: table,
                file: "lake/\(table)/_delta_log",
                expected: "in the checkpoint what the commits before it say",
                found: difference,
                remedy: remedies.rebuild(table, .lake)
            )
        }
        for file in lake.doubledFiles {
            find(
                .doubledDataFile,
                .lake,
                table: table,
                file: "lake/\(table)/\(file.path)",
                expected: "the file in the table once",
                found: "commit \(file.commit) adds it again",
                remedy: remedies.rebuild(table, .lake)
            )
        }
        for file in lake.files { judge(file, of: table) }
        judgeOrphans(lake, isLogWhole: lake.problem == nil && missing.isEmpty)
    }

    private mutating func judge(_ file: LakeFacts.DataFile, of table: String) {
        let path = file.path.hasPrefix("/") ? file.path : "lake/\(table)/\(file.path)"
        func expectation() -> String {
            let rows = file.expectedRows.map { ", " + counted($0, "row") } ?? ""
            return "\(file.expectedSize) bytes\(rows)"
        }
        let fault: (code: FindingCode, expected: String, found: String)?
        if file.size == nil {
            fault = (.missingDataFile, expectation(), "no file")
        } else if let problem = file.problem {
            fault = (.unreadableDataFile, expectation(), problem)
        } else if file.size != file.expectedSize
            || (file.expectedRows != nil && file.rows != nil && file.rows != file.expectedRows)
        {
            let rows = file.rows.map { ", " + counted($0, "row") } ?? ""
            fault = (.dataFileDiffers, expectation(), "\(file.size ?? 0) bytes\(rows)")
        } else if let bounds = file.wrongBounds {
            fault = (.dataFileDiffers, "the bounds of _source and _seq that the log has", bounds)
        } else if let folder = file.expectedFolder {
            fault = (
                .wrongPartitionValue, "the folder \(folder), by the log's partition values",
                "another folder"
            )
        } else {
            fault = nil
        }
        guard let fault else { return }
        find(
            fault.code,
            .lake,
            table: table,
            file: path,
            expected: fault.expected,
            found: fault.found,
            remedy: remedies.rebuild(table, .lake)
        )
    }

    /// Files that no commit named: what a run that was killed has left.
    private mutating func judgeOrphans(_ lake: LakeFacts, isLogWhole: Bool) {
        guard !lake.orphans.isEmpty else { return }
        guard isLogWhole, lake.oldestCommit ?? 0 == 0 else {
            report.notes.append(
                "lake.\(lake.table): \(counted(Int64(lake.orphans.count), "file")) that the log does "
                    + "not name; without all of its entries nobody can say whether one ever did"
            )
            return
        }
        for file in lake.orphans where !isBeingWritten(file, of: lake.table) {
            find(
                .orphanedDataFile,
                .lake,
                table: lake.table,
                file: "lake/\(lake.table)/\(file.path)",
                expected: "an entry of the log that names it",
                found: "none (\(file.size) bytes)",
                remedy: remedies.remove("lake/\(lake.table)/\(file.path)")
            )
        }
    }

    /// Whether a run was under way that may have written the file and not yet committed it.
    private func isBeingWritten(_ file: LakeFacts.OrphanedFile, of table: String) -> Bool {
        // Their runs are for the table that something came to, or for several.
        let several = Set(["similarity", "derive", "compact"].flatMap(wiring.functions))
        // File systems stamp times in ticks of up to 10 ms.
        return inventory.ledger.runs.contains { run in
            (run.table == table || several.contains(run.function))
                && run.startedAt - 20_000 <= file.modified
        }
    }

    static func logEntry(_ version: Int64, _ table: String) -> String {
        let digits = String(version)
        let zeros = String(repeating: "0", count: max(0, 20 - digits.count))
        return "lake/\(table)/_delta_log/\(zeros)\(digits).json"
    }
}
