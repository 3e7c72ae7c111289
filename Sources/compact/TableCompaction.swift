import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles

/// One table of a run: from small files to commits without a change of data.
struct TableCompaction: ~Copyable {
    private let context: HandlerContext
    private let request: CompactionRequest
    private let settings: TableSettings
    private let log: DeltaLog
    private let lock: String
    private let note: WriteNote
    private let connection: Connection
    private let checkpoints: DuckDBCheckpoints

    /// Opens what the run needs; nothing is read yet.
    init(
        _ table: String,
        _ request: CompactionRequest,
        _ context: HandlerContext,
        database: borrowing Database
    ) throws {
        let folder = context.buckets.stateFolder + "/compact"
        try FilePath.makeFolder(folder)
        let connection = try database.connect()
        let checkpoints = try DuckDBCheckpoints(database)
        self.context = context
        self.request = request
        settings = context.config.table(named: table)
        log = DeltaLog(table: context.buckets.lakeTable(table))
        lock = "\(folder)/\(table).lock"
        note = WriteNote(log, in: context.buckets)
        self.connection = connection
        self.checkpoints = checkpoints
    }

    /// Compacts the table; a second run for it waits meanwhile.
    func run() throws -> CompactionOutcome {
        try FileLock.whileHeld(lock) {
            try note.recover()
            let outcome = try compacted()
            try note.end()
            return outcome
        }
    }

    /// Plans anew until nothing is left: other writers' commits can make a batch void, and the
    /// files of several batches of one partition may be joined again.
    private func compacted() throws -> CompactionOutcome {
        var outcome = CompactionOutcome()
        var longest: Int64 = 0
        for _ in 0..<5 {
            guard let snapshot = try log.snapshot(using: checkpoints) else { return outcome }
            if let reason = refusal(of: snapshot) {
                outcome.reason = reason
                return outcome
            }
            let plan = try CompactionPlan(
                snapshot,
                targetFileSize: settings.targetFileSize,
                leastGain: request.leastGain,
                on: connection
            )
            if plan.batches.isEmpty { break }
            for batch in plan.batches {
                let start = UTCTime.nowMicroseconds() / 1000
                if let deadline = context.deadlineMilliseconds, start + 2 * longest > deadline {
                    outcome.reason = "time is up; the next run goes on"
                    return outcome
                }
                try replace(batch, of: snapshot, in: &outcome)
                longest = max(longest, UTCTime.nowMicroseconds() / 1000 - start)
            }
        }
        return outcome
    }

    /// Why the table cannot be written; nil where it can.
    private func refusal(of snapshot: Snapshot) -> String? {
        do throws(DeltaError) {
            try snapshot.requireWritable(table: settings.name)
            return nil
        } catch {
            return error.description
        }
    }

    /// Writes the rows of a batch anew and commits, unless other writers have taken a file of it.
    private func replace(
        _ batch: [AddFile],
        of snapshot: Snapshot,
        in outcome: inout CompactionOutcome
    ) throws {
        let rows = LakeRelation.query(of: snapshot, table: log.table, files: batch)
        let size = batch.reduce(0) { $0 + $1.size }
        let now = UTCTime.nowMicroseconds() / 1000
        let writer = LakeWriter(
            table: log.table,
            schema: snapshot.schema,
            partitionColumns: snapshot.metadata.partitionColumns,
            sortColumns: settings.sortBy.filter { snapshot.schema[$0] != nil },
            targetFileSize: settings.targetFileSize,
            mark: try note.mark()
        )
        let written = try writer.write(
            rows,
            on: connection,
            now: now,
            dataChange: false,
            // As text the rows are about five times what they are in files.
            input: LakeInput(size: 5 * size, scratchFolder: context.scratchFolder)
        )
        do {
            try requireSameRows(written, as: rows)
        } catch {
            written.discard()
            throw error
        }
        if let version = try commit(batch, written, over: snapshot, now: now) {
            outcome.version = version
            outcome.rows += written.recordCount
            outcome.removed += batch.count
            outcome.files += written.adds.count
            outcome.bytes.before += size
            outcome.bytes.after += written.size
        } else {
            written.discard()
        }
    }

    private func requireSameRows(_ written: LakeFiles, as rows: String) throws {
        let count = try connection.scalar("SELECT count(*) FROM (\(rows))")?.int ?? -1
        guard Int64(count) == written.recordCount else {
            throw HandlerError.failure(
                "RowsDiffer",
                "\(settings.name): \(count) rows became \(written.recordCount) when they were written "
                    + "anew; the table is as it was. `sluice verify` tells whether a file is damaged"
            )
        }
    }

    /// Commits; a version that was taken meanwhile is no conflict as long as the files are there.
    ///
    /// - Returns: The version; nil where the rows are no longer those of the table.
    private func commit(
        _ batch: [AddFile],
        _ written: LakeFiles,
        over snapshot: Snapshot,
        now: Int64
    ) throws -> Int64? {
        let info = CommitInfo(
            timestamp: now,
            operation: "OPTIMIZE",
            operationParameters: ["targetFileSize": "\(settings.targetFileSize)"],
            totals: [
                "files": Int64(written.adds.count), "removed": Int64(batch.count),
                "rows": written.recordCount,
            ]
        )
        let actions =
            [DeltaAction.commitInfo(info)]
            + batch.map { .remove($0.removed(at: now, dataChange: false)) }
            + written.adds.map { .add($0) }
        while let newest = try log.snapshot(using: checkpoints), newest.holds(batch, as: snapshot) {
            do {
                guard try log.commit(actions, as: newest.version + 1) == .committed else {
                    continue
                }
            } catch {
                if !error.mayBeCommitted { written.discard() }
                throw error
            }
            let version = newest.version + 1
            if let error = log.writeCheckpointIfDue(after: version, now: now, using: checkpoints) {
                HandlerLog.warning("checkpoint not written", ["error": "\(error)"])
            }
            return version
        }
        return nil
    }
}

extension Snapshot {
    /// Whether files of an earlier state are still part of the table, and it has the same columns.
    fileprivate func holds(_ batch: [AddFile], as earlier: Snapshot) -> Bool {
        guard metadata == earlier.metadata, tableProtocol == earlier.tableProtocol else {
            return false
        }
        let present = Set(files.map(\.path))
        return batch.allSatisfy { present.contains($0.path) }
    }
}
