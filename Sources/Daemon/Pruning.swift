import Buckets
import Events
import FunctionConfig
import Ledger
import Logging

/// Forgets what is over and done with for longer than `retention`, beside the work.
///
/// Each step is a small transaction of its own, so a kill between two of them leaves a ledger from
/// which less is gone.
struct Pruning: Sendable {
    let config: FunctionConfig
    let buckets: BucketsFolder
    let ledger: Ledger
    let logger: Logger

    /// What the ledger calls the time of the last pruning.
    private static let lastTime = "pruned_at"
    private static let day: Double = 86_400_000_000
    /// How often, by the length of what is kept: daily for a month.
    private static let partsOfRetention: Double = 30
    private static let shortestInterval: Int64 = 1_000_000
    private static let longestInterval: Int64 = 86_400_000_000

    /// Prunes when it is time to, until the task is cancelled; returns at once where everything is
    /// kept.
    func run() async throws {
        guard let interval else { return }
        while !Task.isCancelled {
            await performIfDue()
            try await Task.sleep(for: .microseconds(interval))
        }
    }

    /// Prunes unless that was done a short while ago.
    ///
    /// What cannot be done now, because the disk is full or another process holds the ledger, is done
    /// the next time.
    func performIfDue() async {
        guard let interval, let retention = config.retention else { return }
        let now = UTCTime.nowMicroseconds()
        do {
            let last = try await ledger.number(Self.lastTime)
            // A clock that was set back is no reason to wait.
            if let last, last <= now, now - last < interval { return }
            let cumulative = config.tables.filter { $0.mode.countsAllVersions }.map(\.name)
            let rules = PruningRules(
                before: now - Int64(retention * Self.day),
                cumulativeTables: cumulative
            )
            try await prune(rules, at: now)
            try await ledger.keep(Self.lastTime, now)
            while try await ledger.giveBackRoom() { try Task.checkCancellation() }
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "old entries of the ledger could not be removed; it is tried again",
                metadata: ["error": "\(error)"]
            )
        }
    }

    private var interval: Int64? {
        config.retention.map { days in
            let part = Int64(days * Self.day / Self.partsOfRetention)
            return min(max(part, Self.shortestInterval), Self.longestInterval)
        }
    }

    private func prune(_ rules: PruningRules, at now: Int64) async throws {
        while try await ledger.pruneRecords(rules) > 0 { try Task.checkCancellation() }
        while try await ledger.pruneTimes(rules) > 0 { try Task.checkCancellation() }
        var place: Int64? = 0
        while let next = place {
            try Task.checkCancellation()
            place = try await ledger.pruneVersions(rules, after: next, at: now).next
        }
        while try await ledger.pruneRuns(rules) > 0 { try Task.checkCancellation() }
        let kept = try await ledger.runs(endedBefore: rules.cutoff)
        let logs = OldLogs(folder: buckets.stateFolder + "/logs", cutoff: rules.cutoff, kept: kept)
        await WorkThread(name: "sluice.logs").perform { logs.remove(at: now) }
    }
}
