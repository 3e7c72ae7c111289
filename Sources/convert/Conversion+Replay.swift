import Buckets
import DeltaTable
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

extension Conversion {
    /// Makes the whole table anew from the text of its versions, once for each replay.
    ///
    /// So it is what it had been if the settings had always been those of today.
    ///
    /// - Returns: False when that cannot be; the versions that asked for it are refused then.
    mutating func makeAnew(for replay: Int64) throws -> Bool {
        for _ in 0..<20 {
            let snapshot = try log.snapshot(using: checkpoints)
            try snapshot?.requireWritable(table: settings.name)
            guard let snapshot,
                snapshot.transactions[VersionHistory.replayName] ?? -1 < replay
            else { return true }
            do {
                if try commitAnew(over: snapshot, for: replay) { return true }
            } catch let refusal as VersionRefusal {
                for manifest in staged.replayed { refuse(manifest, refusal) }
                return false
            }
        }
        throw HandlerError.failure(
            "CommitConflict",
            "other writers committed to lake/\(settings.name) 20 times in between; let one write "
                + "at a time"
        )
    }

    /// Commits the table anew.
    ///
    /// - Returns: False when another writer was first; nothing stays then.
    private func commitAnew(over snapshot: Snapshot, for replay: Int64) throws -> Bool {
        let history = Transactions.history(of: snapshot, mode: settings.mode)
        let text = EarlierText(settings: settings, context: context, for: .replay)
        let manifests = try text.manifests(of: history.contributing)
        let prepared = try reader.prepare(manifests, on: connection)
        if let refusal = prepared.refusals.first { throw refusal }
        let foreign = foreignRows(of: snapshot)
        let shape = TableShape(
            settings: settings,
            entry: reader.entry,
            columns: prepared.columns,
            snapshot: snapshot,
            keepsOthers: !foreign.isEmpty
        )
        let keys = UpsertKeys(settings.keys, columns: prepared.columns)
        let rows = try combined(selects(of: prepared.versions), of: prepared.versions, by: keys)
        let change = TableChange(
            rows: union((rows.map { [$0] } ?? []) + foreign),
            removed: snapshot.files
        )
        let now = UTCTime.nowMicroseconds() / 1000
        let written = try write(change, shape, of: prepared, now: now, [], over: snapshot)
        let adds = written.files.reduce(0) { $0 + $1.adds.count }
        let info = commitInfo(prepared.versions, files: adds, now: now)
        var actions: [DeltaAction] = [.commitInfo(info)]
        if let metadata = shape.metadata(over: snapshot, name: settings.name, now: now) {
            actions.append(.metadata(metadata))
        }
        let done = (info.sluiceFigures ?? []).map { ($0.appId, $0.version) }
        for (name, version) in done + [(VersionHistory.replayName, replay)] {
            actions.append(
                .transaction(Transaction(appId: name, version: version, lastUpdated: now))
            )
        }
        actions += written.removed.map { .remove($0.removed(at: now)) }
        return try commit(actions, adding: written.files, over: snapshot, now: now)
    }
}
