import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Logging
import Reports
import ServiceLifecycle
import UnixSignals

/// `sluice up`: watches the buckets and dispatches, until it is stopped or nothing is left.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Watch the buckets and run what their triggers ask for."
    )

    @Flag(help: "End when nothing is unsettled, queued, running or waiting.")
    var once = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try loadConfig()
        let path = common.bucketsPath
        try FilePath.makeFolder(path)
        let buckets = BucketsFolder(path: FilePath.canonical(path) ?? path)
        let daemon = Daemon(
            DaemonOptions(
                config: config,
                buckets: buckets,
                programs: CommonOptions.programs,
                environment: ProcessInfo.processInfo.environment,
                isOnce: once,
                logger: Logger(label: "sluice") { _ in ConsoleLog() }
            )
        )
        if !once { Console.explain("watching \(buckets.path); Ctrl-C ends it") }
        let screen = Screen()
        Console.use(screen)
        let told = Task { await Self.tell(daemon.finished, on: screen) }
        let shown = Task { await Self.show(daemon.progress, on: screen) }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await Self.runUntilSignalled(daemon)) } catch {
            outcome = .failure(error)
        }
        // Both end with the run; what is finished is told to the last.
        await told.value
        await shown.value
        Console.use(nil)
        await screen.end()
        do { try outcome.get() } catch is CancellationError {
            // A second signal: what was cut off runs again with the next `up`.
        }
        try conclude(daemon.summary, buckets: buckets)
    }

    private func loadConfig() throws -> FunctionConfig {
        let config = try common.loadConfig(checksHandlers: true)
        for warning in config.warnings { Console.explain("warning: \(warning)") }
        return config
    }

    private func conclude(_ summary: DaemonSummary, buckets: BucketsFolder) throws {
        guard once else { return }
        let rejected = RejectedRows.count(in: buckets)
        var line =
            "versions: \(summary.versions), runs: \(summary.runs), dead letters: "
            + "\(summary.deadLetters), rows in quarantine: \(rejected)"
        for (function, count) in summary.leftPaused.sorted(by: { $0.key < $1.key }) {
            line += "; left: \(count) for \(function), which is paused"
        }
        for (function, count) in summary.leftNotNow.sorted(by: { $0.key < $1.key }) {
            line += "; left: \(count) for \(function), which still answers `not now`"
        }
        for key in summary.leftOpen { line += "; left: \(key), which is open for writing" }
        if let problem = summary.leftRecords {
            line += "; left: records of ended events, which cannot be written: \(problem)"
        }
        for (key, reason) in summary.leftUnreadable.sorted(by: {
            $0.key.description < $1.key.description
        }) {
            line += "; left: \(key), which cannot be read: \(reason)"
        }
        Console.print(line)
        guard summary.isSuccess else { throw ExitCode.failure }
    }

    /// Runs the daemon; the first SIGTERM or SIGINT stops it in good order, the second at once.
    private static func runUntilSignalled(_ daemon: Daemon) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: daemon,
                        successTerminationBehavior: .gracefullyShutdownGroup
                    )
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "sluice") { _ in ConsoleLog(level: .error) }
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var count = 0
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    count += 1
                    if count == 2 { throw CancellationError() }
                }
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    /// Says a line for each version that is finished, and where some were too many to be told.
    private static func tell(_ finished: AsyncStream<FinishedVersion>, on screen: Screen) async {
        var last = 0
        for await version in finished {
            if version.number > last + 1 {
                let missing = version.number - last - 1
                screen.say("(\(Amount.count(missing, "finished version")) left out)")
            }
            last = version.number
            screen.say(FinishedLine.text(version))
        }
    }

    private static func show(_ progress: AsyncStream<DaemonSummary>, on screen: Screen) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigwinch, .sigcont) {
                    screen.redraw()
                }
            }
            for await summary in progress { screen.show(summary) }
            tasks.cancelAll()
        }
    }
}
