import ArgumentParser
import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import Reports

/// `sluice logs`: what handlers wrote.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what handlers wrote.",
        discussion: """
            Alone it lists the newest runs with the last line of each. With a function it prints \
            the logs of its newest runs, with a run, or the beginning of its id, that run's log.
            """
    )

    @Argument(help: ArgumentHelp("A function or a run.", valueName: "FUNCTION | REQUEST-ID"))
    var subject: String?

    @Option(help: "How many runs, the newest ones; with --follow none by default.")
    var last: Int?

    @Flag(help: "Go on with what is written from now on, until Ctrl-C.")
    var follow = false

    @Flag(help: "Print the runs as JSON, with their logs.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard last ?? 1 >= 0 else { throw ValidationError("--last takes 0 or more") }
        guard !(follow && json) else { throw ValidationError("--follow prints no JSON") }
    }

    func run() async throws {
        let buckets = try common.existingBuckets()
        guard let ledger = try buckets.readLedger() else {
            throw CommandFailure.failed("nothing has run in \(common.buckets) yet")
        }
        let only = try await run(named: subject, ledger)
        let function = only == nil ? subject : nil
        if let function, !follow || !isKnown(function),
            try await ledger.newestRuns(ofFunction: function, limit: 1).isEmpty
        {
            throw CommandFailure.failed(
                "\(function) is no run that is kept, see `retention`, and no function that has run"
            )
        }
        if follow {
            try await RunFollower(buckets: buckets, ledger: ledger, function: function, run: only)
                .follow(afterNewest: last ?? 0)
            return
        }
        let count = last ?? (subject == nil ? 20 : 10)
        let runs =
            if let only {
                [only]
            } else {
                try await Array(ledger.newestRuns(ofFunction: function, limit: count).reversed())
            }
        if json {
            Console.print(json: try JSONText.encodePretty(runs.map(LoggedRun.init)))
        } else if subject == nil {
            let width = isatty(STDOUT_FILENO) == 1 ? Console.width : nil
            for line in RunLine.list(runs, width: width) { Console.print(line) }
        } else {
            for run in runs { print(run) }
        }
    }

    private func isKnown(_ function: String) -> Bool {
        (try? common.loadConfig())?.function(named: function) != nil
    }

    /// The run that the subject names; nil when it names none.
    private func run(named subject: String?, _ ledger: Ledger) async throws -> RecordedRun? {
        guard let subject else { return nil }
        let runs = try await ledger.runs(beginningWith: subject, limit: 2)
        guard runs.count < 2 else {
            throw CommandFailure.usage("several runs begin with \(subject); write more of the id")
        }
        return runs.first
    }

    private func print(_ run: RecordedRun) {
        Console.print("--- \(RunLine.header(run))")
        guard let log = try? FilePath.read(run.logPath) else {
            Console.explain("\(run.logPath) is gone")
            return
        }
        let text = String(decoding: log, as: UTF8.self)
        if !text.isEmpty { Console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
    }
}

/// A run and its log, as JSON.
private struct LoggedRun: Encodable {
    var requestID: String
    var function: String
    var table: String
    var startedAt: Moment
    var seconds: Double?
    var outcome: String?
    var objects: Int
    var errorType: String?
    var errorMessage: String?
    var path: String
    /// Nil when it is gone.
    var log: String?

    init(_ run: RecordedRun) {
        requestID = run.requestID
        function = run.function
        table = run.table
        startedAt = Moment(run.startedAt)
        seconds = run.durationMicroseconds.map { Double($0) / 1_000_000 }
        outcome = run.outcome?.rawValue
        objects = run.items
        errorType = run.errorType
        errorMessage = run.errorMessage
        path = run.logPath
        log = (try? FilePath.read(run.logPath)).map { String(decoding: $0, as: UTF8.self) }
    }
}
