import BucketWatch
public import Buckets
import Events
public import FunctionConfig
import Invocation
import Ledger
public import Logging
public import ServiceLifecycle
import Synchronization

/// What a daemon works on and how.
public struct DaemonOptions: Sendable {
    /// The checked configuration.
    public var config: FunctionConfig
    /// The buckets, by their canonical path.
    public var buckets: BucketsFolder
    /// The folder of Sluice's own executables.
    public var programs: String
    /// Sluice's own environment, for `PATH`, `HOME` and `LANG` of handlers.
    public var environment: [String: String]
    /// Whether to end once nothing is left, as `up --once` does.
    public var isOnce: Bool
    /// Where to say what happens.
    public var logger: Logger

    /// Puts options together.
    public init(
        config: FunctionConfig,
        buckets: BucketsFolder,
        programs: String,
        environment: [String: String],
        isOnce: Bool = false,
        logger: Logger
    ) {
        self.config = config
        self.buckets = buckets
        self.programs = programs
        self.environment = environment
        self.isOnce = isOnce
        self.logger = logger
    }
}

/// Watches buckets and runs functions on what changes there.
///
/// A service for one `run()`. On graceful shutdown nothing new starts, runs get 30 seconds, then
/// they are ended; on cancellation they are ended at once. What was cut off runs again with the
/// next daemon.
public final class Daemon: Service {
    /// What has happened so far, each time it changes.
    ///
    /// States that nobody took are dropped for newer ones. Ends with the run.
    public let progress: AsyncStream<DaemonSummary>
    /// The versions for which nothing is left to do, as they are finished.
    ///
    /// Of versions that nobody takes the newest 4,096 are kept. Ends with the run.
    public let finished: AsyncStream<FinishedVersion>

    private let options: DaemonOptions
    private let latest = Mutex(DaemonSummary())
    private let report: AsyncStream<DaemonSummary>.Continuation
    private let reportFinished: AsyncStream<FinishedVersion>.Continuation

    /// Makes a daemon; nothing happens before ``run()``.
    public init(_ options: DaemonOptions) {
        self.options = options
        (progress, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (finished, reportFinished) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(4_096)
        )
    }

    /// What has happened so far.
    public var summary: DaemonSummary { latest.withLock { $0 } }

    /// Works until it is stopped, with `isOnce` also until nothing is left.
    ///
    /// - Throws: `DaemonError`, `BucketsError`, `BucketWatchError` or `LedgerError` when it cannot
    ///   begin or go on. A handler's failure is none: see ``summary``.
    public func run() async throws {
        defer {
            reportFinished.finish()
            report.finish()
        }
        try SystemLimits.check()
        try options.buckets.prepare()
        let lock = try BucketsLock(options.buckets)
        let ledger = try Ledger(path: options.buckets.ledgerPath)
        try await recover(ledger)
        try await ChangedQueries(config: options.config, buckets: options.buckets).note(in: ledger)

        let watch = try BucketWatch(
            root: options.buckets.path,
            scope: WatchScope(options.config),
            known: RecordedObjects(ledger: ledger),
            beside: options.config.path,
            rescan: options.config.rescan,
            trustsNotifications: options.config.notifications
        )
        let doorbell = Doorbell()
        let dispatcher = Dispatcher(options: options, ledger: ledger, doorbell: doorbell) {
            [self] summary, finished in
            latest.withLock { $0 = summary }
            for version in finished { reportFinished.yield(version) }
            report.yield(summary)
        }
        let intake = Intake(
            buckets: options.buckets,
            config: options.config,
            ledger: ledger,
            dispatcher: dispatcher,
            watch: watch,
            logger: options.logger
        )
        do {
            let control = try ControlSocket(options.buckets)
            do {
                try await work(dispatcher, intake, ledger, control)
            } catch {
                await control.end()
                throw error
            }
            await control.end()
        } catch {
            await end(watch)
            throw error
        }
        await end(watch)
        // Runs that a stop has ended are queued again at once, so that `status` shows it.
        if !Task.isCancelled {
            try await ledger.requeueInterrupted(at: UTCTime.nowMicroseconds())
        }
        try ledger.close()
        _ = consume lock
    }

    /// Waits until the watch has let go of what it holds of the kernel.
    private func end(_ watch: BucketWatch) async {
        watch.stop()
        var events = watch.events.makeAsyncIterator()
        while let event = try? await events.next() { _ = event }
    }

    private func work(
        _ dispatcher: Dispatcher,
        _ intake: Intake,
        _ ledger: Ledger,
        _ control: ControlSocket
    ) async throws {
        let stops = Doorbell()
        let schedules = Schedules(
            config: options.config,
            ledger: ledger,
            dispatcher: dispatcher,
            logger: options.logger
        )
        let pruning = Pruning(
            config: options.config,
            buckets: options.buckets,
            ledger: ledger,
            logger: options.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { [options] tasks in
            tasks.addTask { try await intake.run() }
            tasks.addTask { for await event in control.events { await dispatcher.take(event) } }
            if !options.isOnce {
                tasks.addTask { try await schedules.run() }
                tasks.addTask { try await pruning.run() }
            }
            tasks.addTask { for await _ in stops.rings { await dispatcher.stop() } }
            tasks.addTask {
                try await withGracefulShutdownHandler {
                    try await dispatcher.run(intake: intake)
                } onGracefulShutdown: {
                    stops.ring()
                }
                throw Finished()
            }
            do { while try await tasks.next() != nil {} } catch is Finished {}
            tasks.cancelAll()
        }
        if options.isOnce { await pruning.performIfDue() }
    }

    /// The dispatcher has come to its end.
    private struct Finished: Error {}

    /// Puts right what a daemon that died has left, and makes up for a ledger that was lost.
    private func recover(_ ledger: Ledger) async throws {
        let buckets = options.buckets
        try await Recovery(buckets: buckets, ledger: ledger, logger: options.logger).perform()
        if try await ledger.lastSequencer().rawValue == 0 {
            try await NewLedger(options: options, ledger: ledger).prepare()
        }
        for table in options.config.tables where table.purgesChunks {
            try await ChunkPurge(buckets: options.buckets, ledger: ledger).purge(table: table.name)
        }
    }
}

extension BucketsFolder {
    /// The path of the ledger.
    public var ledgerPath: String { stateFolder + "/" + Ledger.fileName }
}
