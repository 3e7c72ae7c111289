import Buckets
import DeltaTable
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

extension Conversion {
    /// Takes the rows of removed files out of the table, in one commit unless one cannot be done.
    ///
    /// What their rows had replaced comes back: the table is what its other versions make.
    mutating func retract(_ removals: [Manifest]) throws {
        guard !removals.isEmpty else { return }
        for _ in 0..<20 {
            let snapshot = try log.snapshot(using: checkpoints)
            try snapshot?.requireWritable(table: settings.name)
            let history = Transactions.history(of: snapshot, mode: settings.mode)
            let due = removals.filter { history.isDue(removal: $0.name) }
            guard let snapshot, !due.isEmpty else {
                for removal in removals { try answerRemoved(removal, over: snapshot) }
                return
            }
            do {
                let names = VersionHistory.newest(of: due.map(\.name))
                guard try commitRemoval(of: names, over: snapshot, history) else { continue }
                for removal in removals { try answerRemoved(removal, over: snapshot) }
                return
            } catch let refusal as VersionRefusal {
                guard removals.count > 1 else {
                    refuse(removals[0], refusal)
                    return
                }
                for removal in removals { try retract([removal]) }
                return
            }
        }
        throw HandlerError.failure(
            "CommitConflict",
            "other writers committed to lake/\(settings.name) 20 times in between; let one write "
                + "at a time"
        )
    }

    private mutating func answerRemoved(_ removal: Manifest, over snapshot: Snapshot?) throws {
        try Quarantine.remove(
            endedBy: removal,
            function: context.functionName,
            buckets: context.buckets
        )
        let name = VersionHistory.removalPrefix + removal.name.source
        let known = try log.figures(forTransaction: name, version: removal.name.sequencer)
        answer(
            removal,
            "removed",
            version: known?.commit,
            rows: Int(known?.figures.counts["rows"] ?? 0),
            files: Int(known?.totals["files"] ?? 0)
        )
    }

    /// Commits removals.
    ///
    /// - Returns: False when another writer was first; nothing stays then.
    /// - Throws: `VersionRefusal` when rows that come back cannot be had.
    private func commitRemoval(
        of removals: [VersionHistory.Version],
        over snapshot: Snapshot,
        _ history: VersionHistory
    ) throws -> Bool {
        let retraction = try LakeRetraction(removals, from: snapshot, history, by: self)
        let now = UTCTime.nowMicroseconds() / 1000
        let written = try write(
            retraction.change,
            retraction.shape,
            of: retraction.prepared,
            now: now,
            retraction.returned,
            over: snapshot
        )
        let rows = try retraction.rowCounts(by: self)
        let info = CommitInfo(
            timestamp: now,
            operation: "DELETE",
            operationParameters: ["mode": settings.mode.rawValue],
            figures: figures(of: retraction.returned)
                + removals.map { removal in
                    CommitInfo.Figures(
                        appId: VersionHistory.removalPrefix + removal.source,
                        version: removal.sequencer,
                        counts: ["rows": rows[removal.source] ?? 0]
                    )
                },
            totals: ["files": Int64(written.files.reduce(0) { $0 + $1.adds.count })]
        )
        var actions: [DeltaAction] = [.commitInfo(info)]
        if retraction.bringsColumns,
            let metadata = retraction.shape.metadata(over: snapshot, name: settings.name, now: now)
        {
            actions.append(.metadata(metadata))
        }
        for figures in info.sluiceFigures ?? [] {
            actions.append(
                .transaction(
                    Transaction(appId: figures.appId, version: figures.version, lastUpdated: now)
                )
            )
        }
        actions += written.removed.map { .remove($0.removed(at: now)) }
        return try commit(actions, adding: written.files, over: snapshot, now: now)
    }
}
