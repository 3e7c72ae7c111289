import Buckets
import DeltaTable
import FunctionConfig
import HandlerRuntime
import TableRows

extension Conversion {
    /// The whole table from the text of all its versions, because a column's type has changed.
    ///
    /// - Throws: `VersionRefusal` when a text is gone or there is too much of it.
    func rebuilt(
        with chosen: [PreparedVersion],
        by keys: UpsertKeys,
        shape: TableShape,
        snapshot: Snapshot
    ) throws -> TableChange {
        let text = EarlierText(
            settings: settings,
            context: context,
            for: .wider(shape.changed)
        )
        let manifests = try text.manifests(of: try kept(with: chosen, shape, snapshot))
        let old = try reader.prepare(manifests, on: connection)
        if let lost = old.refusals.first { throw lost }
        let incoming = selects(of: old.versions) + selects(of: chosen)
        let rows = try combined(incoming, of: old.versions + chosen, by: keys).map { [$0] } ?? []
        return TableChange(
            rows: union(rows + foreignRows(of: snapshot)),
            removed: snapshot.files
        )
    }

    /// The versions of the table whose rows are needed.
    private func kept(
        with chosen: [PreparedVersion],
        _ shape: TableShape,
        _ snapshot: Snapshot
    ) throws -> [VersionHistory.Version] {
        let history = Transactions.history(of: snapshot, mode: settings.mode)
        let replaced = history.replaced(by: chosen.map(\.name))
        let kept = history.contributing.filter { !replaced.contains($0) }
        // A version without a partition of its own gets none by another type of other columns.
        guard settings.mode == .replacePartitions, !reader.isPartition(anyOf: shape.changed) else {
            return kept
        }
        let owners = try owners(of: snapshot)
        return kept.filter(owners.contains)
    }
}
