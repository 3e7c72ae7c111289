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
        let figures = chosen.map { version in
            CommitInfo.Figures(
                appId: Transactions.name(version.name, mode: settings.mode),
                version: version.name.sequencer,
                counts: ["rows": Int64(version.rows), "rejected": Int64(version.rejected)]
            )
        }
        return CommitInfo(
            timestamp: now,
            operation: settings.mode == .upsert ? "MERGE" : "WRITE",
            operationParameters: ["mode": settings.mode.rawValue],
            figures: figures,
            totals: ["files": Int64(files)]
        )
    }
}
