import Buckets
import DeltaTable
import DuckDB
import FunctionConfig
import HandlerRuntime
import LakeFiles
import TableRows

/// A version is not what it seemed to be at the first look; nothing of it is in the table.
struct NotAllGood: Error {}

extension Conversion {
    /// Writes the rows of a change.
    ///
    /// - Returns: The files, and those that leave the table for them.
    /// - Throws: `NotAllGood` when a version is not what it seemed to be; no file stays then.
    func write(
        _ change: TableChange,
        _ shape: TableShape,
        of prepared: PreparedRows,
        now: Int64,
        _ chosen: [PreparedVersion],
        over snapshot: Snapshot?
    ) throws -> (files: [LakeFiles], removed: [AddFile]) {
        guard let select = change.rows else { return ([], change.removed) }
        let writer = shape.writer(table: log.table, mark: try note.mark())
        prepared.beginReading()
        let rows: LakeFiles
        do throws(LakeFilesError) {
            rows = try writer.write(
                shape.complete(select),
                on: connection,
                now: now,
                input: input(of: chosen, change, prepared)
            )
        } catch {
            let isInput = error.isTooManyPartitions || TableReader.isAboutContent(error.detail)
            guard prepared.isReadInPassing, isInput else { throw error }
            throw NotAllGood()
        }
        guard prepared.areProven(chosen) else {
            rows.discard()
            throw NotAllGood()
        }
        guard let snapshot, let present = change.replaced else { return ([rows], change.removed) }
        let leaving = present.files(replacedBy: rows.adds)
        guard let foreign = foreignRows(of: snapshot, in: leaving).first else {
            return ([rows], change.removed + leaving)
        }
        do {
            let kept = try writer.write(foreign, on: connection, now: now)
            return ([rows, kept], change.removed + leaving)
        } catch {
            rows.discard()
            throw error
        }
    }

    /// Commits what was decided and the files that were written for it.
    ///
    /// - Returns: False when another writer was first; no file stays then.
    func commit(
        _ actions: [DeltaAction],
        adding files: [LakeFiles],
        over snapshot: Snapshot?,
        now: Int64
    ) throws -> Bool {
        let version = Self.next(after: snapshot)
        let adds = files.flatMap(\.adds).map { DeltaAction.add($0) }
        do {
            guard try log.commit(actions + adds, as: version) == .committed else {
                for files in files { files.discard() }
                return false
            }
        } catch {
            // A commit may be there although it was reported as failed: then its files stay.
            if !error.mayBeCommitted { for files in files { files.discard() } }
            throw HandlerError.notNow(hinderedBy: error.detail, error.description)
                ?? .failure("CommitFailed", error.description)
        }
        if let error = log.writeCheckpointIfDue(after: version, now: now, using: checkpoints) {
            HandlerLog.warning("checkpoint not written", ["error": "\(error)"])
        }
        return true
    }

    /// The version that the next commit makes.
    static func next(after snapshot: Snapshot?) -> Int64 { (snapshot?.version ?? -1) + 1 }

    /// How much text the rows of a change come from; written files count as what they were.
    private func input(
        of chosen: [PreparedVersion],
        _ change: TableChange,
        _ prepared: PreparedRows
    ) -> LakeInput {
        let text = chosen.flatMap(\.manifest.chunks).reduce(0) { $0 + $1.size }
        let written = change.removed.reduce(0) { $0 + $1.size }
        var input = LakeInput(size: text + 5 * written, scratchFolder: context.scratchFolder)
        // Otherwise they were counted before, version by version.
        if prepared.isReadInPassing, !settings.partitionBy.isEmpty {
            input.mostPartitions = settings.maxPartitions
        }
        if let version = change.onlyVersion {
            input.constants = [
                "_source": .string(version.source), "_seq": .integer(Int128(version.sequencer)),
            ]
        }
        return input
    }

    /// What the commit says of itself.
    func commitInfo(
        _ chosen: [PreparedVersion],
        files: Int,
        now: Int64
    ) -> CommitInfo {
        CommitInfo(
            timestamp: now,
            operation: settings.mode == .upsert ? "MERGE" : "WRITE",
            operationParameters: ["mode": settings.mode.rawValue],
            figures: figures(of: chosen),
            totals: ["files": Int64(files)]
        )
    }

    /// What versions came to, each under the name of its transaction.
    func figures(of versions: [PreparedVersion]) -> [CommitInfo.Figures] {
        versions.map { version in
            CommitInfo.Figures(
                appId: Transactions.name(version.name, mode: settings.mode),
                version: version.name.sequencer,
                counts: ["rows": Int64(version.rows), "rejected": Int64(version.rejected)]
            )
        }
    }
}
