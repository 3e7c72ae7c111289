import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import Reports

/// `sluice status`: how everything stands, and what failed.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what runs, waits and failed.",
        discussion: "Ends with 1 if there are dead letters."
    )

    @Flag(help: "Print the facts as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let buckets = try common.existingBuckets()
        var config: FunctionConfig?
        var note: String?
        do { config = try common.loadConfig() } catch let error as FunctionConfigError {
            // What is in the ledger can be told without them.
            let count = error.problems.count
            note = "the settings have \(count) problems; `sluice check` names them"
        }
        var report = try await StatusReport(
            ledger: buckets.readLedger(),
            buckets: buckets,
            config: config,
            daemon: DaemonStory(of: buckets)
        )
        if let note { report.notes.append(note) }
        if json {
            Console.print(json: try JSONText.encodePretty(report))
        } else {
            let now = UTCTime.nowMicroseconds()
            for line in StatusPage(report, at: now, width: Console.width).lines {
                Console.print(line)
            }
        }
        if report.deadLetters > 0 { throw ExitCode.failure }
    }
}

extension BucketsFolder {
    /// The ledger, to read only; nil before the first `sluice up` has made it.
    func readLedger() throws -> Ledger? {
        var status = stat()
        guard stat(ledgerPath, &status) == 0, status.st_size > 0 else { return nil }
        let ledger = try Ledger(path: ledgerPath, readOnly: true)
        return try ledger.isMade() ? ledger : nil
    }
}
