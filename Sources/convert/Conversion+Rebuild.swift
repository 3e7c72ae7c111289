import Buckets
import DeltaTable
import Events
import FunctionConfig
import HandlerRuntime
import TableRows

extension Conversion {
    /// The whole table from the text of all its versions, because a column's type has changed.
    ///
    /// - Throws: `VersionRefusal` of type `TextGone` or `RewriteLimit`.
    func rebuilt(
        with chosen: [PreparedVersion],
        shape: TableShape,
        snapshot: Snapshot
    ) throws -> TableChange {
        let replaced = Set(
            settings.mode == .append ? chosen.map(\.manifest.source.source) : []
        )
        var manifests: [Manifest] = []
        for (source, sequencer) in Transactions.versions(in: snapshot, mode: settings.mode)
        where !replaced.contains(source) {
            manifests.append(
                try manifest(source: source, sequencer: sequencer, changed: shape.changed)
            )
        }
        let size = manifests.reduce(0) { $0 + $1.size }
        guard size <= settings.rewriteLimit else {
            throw refusal(
                "RewriteLimit",
                "\(shape.changed.joined(separator: ", ")) cannot hold what the new version has; to "
                    + "widen it \(size) bytes of text would be read again, more than `rewriteLimit` "
                    + "(\(settings.rewriteLimit)) allows. Add tables.\(settings.name).columns with "
                    + "the type you want, or raise rewriteLimit, then `sluice redrive`"
            )
        }
        let old = try reader.prepare(manifests, on: connection)
        if let lost = old.refusals.first { throw lost }
        let incoming = (old.versions + chosen).filter { $0.rows > 0 }
            .map { "SELECT * FROM \($0.relation)" }
        return TableChange(
            rows: union(deduplicated(incoming) + foreignRows(of: snapshot)),
            removed: snapshot.files
        )
    }

    /// The stage-1 version of a transaction; its size and eTag are in the manifest alone.
    func manifestName(source: String, sequencer: Int64) -> ObjectVersion? {
        guard let object = ObjectKey(source) else { return nil }
        return ObjectVersion(
            bucket: object.bucket,
            key: object.key,
            size: 0,
            eTag: "",
            sequencer: Sequencer(rawValue: UInt64(sequencer))
        )
    }

    private func manifest(
        source: String,
        sequencer: Int64,
        changed: [String]
    ) throws -> Manifest {
        guard let version = manifestName(source: source, sequencer: sequencer) else {
            throw textGone(source, changed)
        }
        let key = Manifest.key(table: settings.name, source: version)
        do {
            return try Manifest(
                path: context.buckets.path(of: ObjectKey(bucket: "stage-2", key: key))
            )
        } catch let error as BucketsError where error.isMissing {
            throw textGone(source, changed)
        }
    }

    private func textGone(_ source: String, _ changed: [String]) -> VersionRefusal {
        refusal(
            "TextGone",
            "\(changed.joined(separator: ", ")) cannot hold what the new version has, and the text of "
                + "\(source), which is in the table, is gone from stage-2. Drop \(source) again, "
                + "then `sluice redrive`"
        )
    }

    /// A refusal that concerns every version of the run.
    private func refusal(_ type: String, _ message: String) -> VersionRefusal {
        VersionRefusal(
            source: ObjectVersion(
                bucket: "",
                key: "",
                size: 0,
                eTag: "",
                sequencer: Sequencer(rawValue: 0)
            ),
            type: type,
            message: message
        )
    }
}
