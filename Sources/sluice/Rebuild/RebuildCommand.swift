import ArgumentParser
import Buckets
import Daemon
import Events
import FunctionConfig
import Invocation
import Ledger
import Restoration

/// `sluice rebuild`: makes a new ledger where the old one is damaged or lost.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make a new ledger from what folders, lake and warehouse hold.",
        discussion: """
            For a ledger that is damaged or lost. Versions keep their sequencers, what is done is \
            recorded as done, and everything else is left to `sluice up`. The old file is kept beside \
            the new one.
            """
    )

    @Flag(help: "Only tell what would be recorded.")
    var dryRun = false

    @Flag(help: "Also where SQLite finds no damage.")
    var force = false

    @Flag(help: "Print what was recorded as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try common.loadConfig()
        let buckets = try common.existingBuckets()
        try buckets.prepare()
        let lock = try BucketsLock(buckets, isByHand: true)
        let files = LedgerFiles(path: buckets.ledgerPath)
        let damage = try await damage(files, buckets)
        // Without the ledger nobody knows their runs; they would work beside the next ones.
        if !dryRun { await OrphanedRuns.endAll(buckets: buckets.path) }
        let remains = try await RemainsReading(config: config, buckets: buckets).read(
            options: ["--config", config.path, "--buckets", buckets.path]
        )
        let restoration = Restoration(remains)
        var report = RebuildReport(restoration, remains, damage: damage)
        if !dryRun { report.kept = try await replace(files, by: restoration) }
        if json {
            Console.print(json: try JSONText.encodePretty(report))
        } else {
            report.print(isDone: !dryRun)
        }
        _ = consume lock
    }

    /// What is wrong with the ledger; nil where it is lost.
    private func damage(_ files: LedgerFiles, _ buckets: BucketsFolder) async throws -> String? {
        guard files.exists else { return nil }
        switch try await Ledger.condition(ofFile: buckets.ledgerPath) {
        case .lost: return nil
        case .damaged(let damage): return damage
        case .sound:
            guard force else {
                throw CommandFailure.failed(
                    "SQLite finds no damage in \(buckets.ledgerPath): there is nothing to rebuild. "
                        + "`sluice verify` tells whether anything is missing; --force makes a new "
                        + "ledger all the same, which forgets runs and dead letters"
                )
            }
            return "no damage"
        }
    }

    /// Makes the new ledger beside the old one and puts it in its place.
    private func replace(_ files: LedgerFiles, by restoration: Restoration) async throws -> String?
    {
        try files.removeDraft()
        let ledger = try Ledger(path: files.draft)
        let now = UTCTime.nowMicroseconds()
        try await ledger.restore(restoration.objects, above: restoration.floor, at: now)
        try ledger.close()
        return try files.putDraftInPlace(at: now)
    }
}
