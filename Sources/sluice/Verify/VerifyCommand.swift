import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import Verification

/// `sluice verify`: proves that nothing is missing, doubled or orphaned.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that nothing is missing, doubled or orphaned.",
        discussion: """
            Compares folders, lake, warehouse and ledger, each read by itself. Ends with 1 if there is \
            a finding. docs/verify.md says what is compared, and explains every finding.
            """
    )

    @Flag(help: "Print findings and figures as JSON.")
    var json = false

    @Flag(help: "Leave out contents: digests of files that look unchanged, values of rows.")
    var quick = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try common.loadConfig()
        let buckets = try common.existingBuckets()
        var report = try await look(config, buckets)
        // A daemon works on: what is still there when it is looked at again is a fault.
        var looks = 1
        while !report.findings.isEmpty, looks < 3, BucketsLock.holder(of: buckets) != nil {
            try await Task.sleep(for: .seconds(1))
            report = try await look(config, buckets).confirming(report)
            looks += 1
        }
        if json {
            Console.print(json: try JSONText.encodePretty(report))
        } else {
            report.print()
        }
        if !report.findings.isEmpty { throw ExitCode.failure }
    }

    /// Reads everything once, between two readings of the ledger.
    private func look(
        _ config: FunctionConfig,
        _ buckets: BucketsFolder
    ) async throws -> VerifyReport {
        let start = UTCTime.nowMicroseconds()
        let progress = ProgressLine()
        let before = try await LedgerReading(of: buckets, since: start, checksFile: false)
        let folders = try FolderInventory(
            buckets: buckets,
            config: config,
            isQuick: quick,
            progress: progress.show
        ).read(known: before.known)
        progress.clear()
        let tables = try await TableInventory.read(
            options: ["--config", config.path, "--buckets", buckets.path],
            hasConfig: config.hasFile,
            detail: quick ? .counts : .values,
            scratch: buckets.scratchFolder
        )
        let after = try await LedgerReading(of: buckets, since: start, checksFile: true)
        return Verdict.report(
            on: Inventory(
                config: config,
                folders: folders,
                lake: tables.lake,
                warehouse: tables.warehouse,
                results: tables.results,
                ledger: after.facts(
                    before: before,
                    isRunning: BucketsLock.holder(of: buckets) != nil
                ),
                isQuick: quick,
                place: place
            )
        )
    }

    private var place: CommandPlace {
        var options = common.config.map { " --config \($0)" } ?? ""
        if common.buckets != "buckets" { options += " --buckets \(common.buckets)" }
        return CommandPlace(buckets: common.buckets, options: options)
    }
}

/// One reading of the ledger, which may not be there yet or not be readable.
private struct LedgerReading {
    private var inventory = LedgerInventory()
    private var problem: String?

    init(of buckets: BucketsFolder, since time: Int64, checksFile: Bool) async throws {
        do {
            guard let ledger = try buckets.readLedger() else { return }
            inventory = try await ledger.inventory(since: time, checksFile: checksFile)
            try ledger.close()
        } catch let error as LedgerError where error.code == .unusable {
            problem = error.detail
        }
    }

    /// The newest recorded version of each key.
    var known: [ObjectKey: KnownObject] {
        // Objects come in the order of their sequencers: the last one stays.
        Dictionary(
            inventory.objects.map { ($0.version.objectKey, $0.known) },
            uniquingKeysWith: { _, last in last }
        )
    }

    func facts(before: LedgerReading, isRunning: Bool) -> LedgerFacts {
        var facts = LedgerFacts(
            before: before.inventory,
            after: inventory,
            isRunning: isRunning,
            at: UTCTime.nowMicroseconds()
        )
        if let problem {
            facts.isReadable = false
            facts.damages = [problem]
        }
        return facts
    }
}
