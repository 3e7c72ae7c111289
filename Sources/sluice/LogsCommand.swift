import ArgumentParser
import Buckets
import FoundationEssentials
import Ledger

/// `sluice logs`: what handlers wrote.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the logs of the newest runs, or of one run."
    )

    @Argument(help: ArgumentHelp("A function or a run.", valueName: "FUNCTION | REQUEST-ID"))
    var subject: String?

    @Option(help: "How many runs, the newest ones.")
    var runs = 10

    @OptionGroup var common: CommonOptions

    func run() async throws {
        guard let ledger = try common.existingBuckets().readLedger() else {
            throw CommandFailure.failed("nothing has run in \(common.buckets) yet")
        }
        let found: [RecordedRun]
        if let subject, let run = try await ledger.run(subject) {
            found = [run]
        } else {
            found = try await ledger.newestRuns(ofFunction: subject, limit: max(1, runs)).reversed()
        }
        if found.isEmpty, let subject {
            throw CommandFailure.failed("\(subject) is no run, and no function that has run")
        }
        for run in found {
            guard let log = try? FilePath.read(run.logPath) else {
                Console.explain("\(run.function) \(run.requestID): \(run.logPath) is gone")
                continue
            }
            Console.print("--- \(run.function) \(run.table) \(run.requestID)")
            let text = String(decoding: log, as: UTF8.self)
            Console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
    }
}
