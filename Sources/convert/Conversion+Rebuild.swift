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
        let history = Transactions.history(of: snapshot, mode: settings.mode)
        let replaced = history.replaced(by: chosen.map(\.name))
        let text = EarlierText(
            settings: settings,
            context: context,
            changed: shape.changed
        )
        let manifests = try text.manifests(
            of: history.contributing.filter { !replaced.contains($0) }
        )
        let old = try reader.prepare(manifests, on: connection)
        if let lost = old.refusals.first { throw lost }
        let incoming = (old.versions + chosen).filter { $0.rows > 0 }
            .map { "SELECT * FROM \($0.relation)" }
        return TableChange(
            rows: union(deduplicated(incoming, by: keys) + foreignRows(of: snapshot)),
            removed: snapshot.files
        )
    }
}
