import Buckets
import Events
import Invocation
import Ledger
import Logging

/// Puts right what a daemon or a run by hand that died has left: its handlers, their scratch, its
/// runs.
///
/// For the holder of the ``BucketsLock`` only: nobody else runs anything then.
struct Recovery {
    let buckets: BucketsFolder
    let ledger: Ledger
    let logger: Logger

    /// Ends processes that are left, and queues what they had to do again.
    func perform() async throws {
        let unfinished = try await ledger.unfinishedRuns()
        let orphans = await OrphanedRuns.end(unfinished, buckets: buckets.path)
        for run in unfinished {
            try FilePath.removeTree(buckets.scratchFolder + "/" + run)
        }
        let runs = try await ledger.requeueInterrupted(at: UTCTime.nowMicroseconds())
        guard runs > 0 else { return }
        logger.notice(
            "runs were cut off; what they had to do is queued again",
            metadata: ["run.count": "\(runs)", "process.ended": "\(orphans)"]
        )
    }
}
