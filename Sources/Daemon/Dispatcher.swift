import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Invocation
import Ledger
import Logging
import Synchronization

/// Runs what is due: asks the machine, gives deliveries to runs, records their ends.
actor Dispatcher {
    /// How long a stop waits for runs.
    private static let stopGrace: Int64 = 30_000_000
    /// How long `up --once` waits for a file that somebody has open for writing.
    private static let openGrace: Int64 = 10_000_000

    let options: DaemonOptions
    let ledger: Ledger
    let invoker: Invoker
    let logger: Logger
    let persistence: Persistence
    let doorbell: Doorbell
    let hops = Mutex(HopTracker())
    let recordWriter: RecordWriter
    /// Why a record could not be written, the last time.
    var recordProblem: String?
    /// When to try again.
    var recordsDueAt: Int64 = 0
    /// Since when that has been so.
    var recordProblemSince: Int64?
    private let progress: @Sendable (DaemonSummary, [FinishedVersion]) -> Void
    var machine: DispatchMachine
    /// Runs by hand that have not ended, by the connection of who asked.
    var askedRuns: [UInt64: AskedRun] = [:]
    /// The settings as they were read.
    let readStamp: ConfigStamp
    var tally: Tally
    /// The pauses as the ledger has them; nil before it was told any.
    private var keptPauses: [RecordedPause]?
    private var stopAt: Int64?
    /// False once the end is near.
    var takesRunsByHand = true
    private var timerAt: Int64?
    private var wantsReload = false
    /// The settings as they were read; nil once their change was told.
    private var configStamp: ConfigStamp?
    /// Counts changes to what is pending, so that a stale copy of the ledger is noticed.
    private var changes = 0

    init(
        options: DaemonOptions,
        ledger: Ledger,
        doorbell: Doorbell,
        progress: @escaping @Sendable (DaemonSummary, [FinishedVersion]) -> Void
    ) {
        self.options = options
        self.ledger = ledger
        self.doorbell = doorbell
        self.progress = progress
        logger = options.logger
        persistence = Persistence(logger: options.logger)
        recordWriter = RecordWriter(
            buckets: options.buckets,
            ledger: ledger,
            logger: options.logger
        )
        invoker = Invoker(
            config: options.config,
            buckets: options.buckets.path,
            programs: options.programs,
            surroundings: options.environment
        )
        readStamp = ConfigStamp(path: options.config.path)
        configStamp = readStamp
        tally = Tally(config: options.config)
        machine = DispatchMachine(rules: DispatchRules(options.config), isOnce: options.isOnce)
    }

    /// Dispatches until it is stopped, in a single call also until nothing is left.
    func run(intake: Intake) async throws {
        wantsReload = true
        await writeRecords()
        doorbell.ring()
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in doorbell.rings {
                if wantsReload { try await takeFromLedger() }
                begin(&group, intake)
                await lookAfterRecords(&group)
                tellChangedSettings()
                report()
                await keepPauses()
                if try await isFinished(intake) { break }
            }
            group.cancelAll()
        }
        endRunsByHand()
        report()
    }

    /// Takes up what was recorded.
    func recorded(_ outcome: RecordOutcome, at now: Int64) {
        tally.recorded(outcome, at: now)
        changes += 1
        machine.remove(outcome.withdrawn)
        machine.add(outcome.pending, at: now)
        doorbell.ring()
    }

    /// Reads the open deliveries anew, because another process changed them.
    func reload() {
        wantsReload = true
        doorbell.ring()
    }

    /// Looks whether the settings are still those that were read.
    func settingsWereTouched() { doorbell.ring() }

    /// Starts nothing new, waits for runs for a while, then ends them.
    func stop() {
        guard stopAt == nil else { return }
        stopAt = UTCTime.nowMicroseconds() + Self.stopGrace
        let facts: Logger.Metadata = ["run.count": "\(machine.runningCount)"]
        logger.notice("stopping; runs get 30 seconds", metadata: facts)
        endRunsByHand()
        doorbell.ring()
    }

    /// Where an object comes from, see ``HopTracker``.
    nonisolated func origin(
        of key: ObjectKey,
        changedAt time: Int64
    ) -> (hop: Int, requestID: String?) {
        hops.withLock { $0.origin(of: key, modifiedAt: time) }
    }

    // MARK: - Passes

    /// Replaces what is pending by what the ledger has, unless that is older than what came since.
    private func takeFromLedger() async throws {
        while true {
            wantsReload = false
            let before = changes
            let pending = try await persistence.keep { [ledger] in try await ledger.pending() }
            guard before == changes else { continue }
            machine.replace(pending, at: UTCTime.nowMicroseconds())
            tally.load(pending)
            return
        }
    }

    private func begin(_ group: inout ThrowingDiscardingTaskGroup<any Error>, _ intake: Intake) {
        let now = UTCTime.nowMicroseconds()
        if let stopAt {
            if now >= stopAt { group.cancelAll() } else { wake(at: stopAt, &group) }
            return
        }
        while let run = machine.nextByHand() {
            group.addTask { try await self.performByHand(run) }
        }
        while let start = machine.next(at: now) {
            group.addTask { try await self.perform(start, intake) }
        }
        if let time = machine.nextWake(at: now) { wake(at: time, &group) }
        if options.isOnce, machine.isIdle { wake(at: now + 1_000_000, &group) }
    }

    /// Rings at a time in microseconds since 1970, unless a ring before it is set.
    func wake(at time: Int64, _ group: inout ThrowingDiscardingTaskGroup<any Error>) {
        if let timerAt, timerAt <= time { return }
        timerAt = time
        group.addTask {
            let pause = max(0, time - UTCTime.nowMicroseconds())
            try? await Task.sleep(for: .microseconds(pause))
            await self.timerRang(time)
        }
    }

    private func timerRang(_ time: Int64) {
        if timerAt == time { timerAt = nil }
        doorbell.ring()
    }

    private func isFinished(_ intake: Intake) async throws -> Bool {
        if stopAt != nil { return machine.runningCount == 0 }
        guard options.isOnce, machine.isIdle else { return false }
        let versions = tally.summary.versions
        guard await intake.quiesce(), machine.isIdle, !wantsReload,
            versions == tally.summary.versions
        else { return false }
        let open = await intake.openFiles()
        let now = UTCTime.nowMicroseconds()
        guard open.values.allSatisfy({ now - $0 >= Self.openGrace }) else { return false }
        guard hasDoneWithRecords(at: now) else { return false }
        tally.summary.leftUnreadable = await intake.unreadable
        tally.summary.leftOpen = open.keys.sorted { $0.description < $1.description }
        (tally.summary.leftPaused, tally.summary.leftNotNow) = machine.left
        return true
    }

    private func tellChangedSettings() {
        guard let read = configStamp, ConfigStamp(path: options.config.path) != read else { return }
        configStamp = nil
        logger.warning(
            "the settings have changed; start again to use them",
            metadata: ["config.path": "\(options.config.path)"]
        )
    }

    private func report() {
        let finished = tally.takeFinished()
        progress(tally.summary(of: machine), finished)
    }

    /// Notes pauses for `sluice status`; what cannot be written now is written with the next pass.
    private func keepPauses() async {
        let pauses = machine.recordedPauses
        guard pauses != keptPauses, (try? await ledger.keep(pauses: pauses)) != nil else { return }
        keptPauses = pauses
    }

    // MARK: - Runs

    private func perform(_ start: DispatchMachine.Start, _ intake: Intake) async throws {
        var isNotNow = false
        var failure: HandlerFailure?
        let requestID = UUID().uuidString.lowercased()
        defer {
            machine.ended(start, notNow: isNotNow, failure, at: UTCTime.nowMicroseconds())
            tally.ended(requestID)
            doorbell.ring()
        }
        guard let function = options.config.function(named: start.function),
            let trigger = options.config.trigger(id: start.lane.trigger)
        else { return }
        let began = UTCTime.nowMicroseconds()
        let run = NewRun(
            requestID: requestID,
            function: function.name,
            trigger: trigger.id,
            table: start.lane.table,
            logPath: invoker.logPath(
                function: function.name,
                requestID: requestID,
                startedAt: began
            )
        )
        let ids = start.deliveries.map(\.id)
        let leased = try await persistence.keep { [ledger] in
            try await ledger.begin(run, deliveries: ids, at: began)
        }
        guard !leased.isEmpty else { return }
        tally.began(run, items: leased.count, at: began)
        report()
        let event = try await event(leased, trigger, requestID, began)
        let writes = options.config.writes(of: function)
        let hop = leased.map(\.hop).max() ?? 0
        hops.withLock { $0.began(requestID, writes: writes, hop: hop, at: began) }
        let report = await invoker.invoke(function, event: event, requestID: requestID)
        let now = UTCTime.nowMicroseconds()
        hops.withLock { $0.ended(requestID, at: now) }
        try? FilePath.removeTree(options.buckets.scratchFolder + "/" + requestID)
        // A task that was cancelled cannot write; whoever starts next queues the run again.
        guard !Task.isCancelled else { return }

        var end = RunJudgement(function: function, isOnce: options.isOnce, now: now)
            .end(of: report, leased)
        end.onSucceeded = plans(forEndOf: function, "Succeeded")
        end.onFailed = plans(forEndOf: function, "Failed")
        end.isCumulative = function.handler == "derive"
        end.records = try await records(of: end, function, trigger, report.outcome, at: now)
        let settled = try await persistence.keep { [end, ledger] in
            try await ledger.settle(end, at: now)
        }
        isNotNow = end.outcome == .notNow
        failure = end.failure
        tally.settled(end, of: function, settled, at: now)
        changes += 1
        machine.add(settled.pending, at: now)
        log(end, function, start)
        if settled.hasFiles { await writeRecords() }
        if !settled.toDigest.isEmpty { try await intake.lookAgain(settled.toDigest) }
        if end.items.contains(where: { $0.outcome == .done }) { try await purge(start.lane.table) }
    }

    private func purge(_ table: String) async throws {
        guard options.config.table(named: table).purgesChunks else { return }
        let purge = ChunkPurge(buckets: options.buckets, ledger: ledger)
        do {
            try await persistence.keep { try await purge.purge(table: table) }
        } catch let error as BucketsError {
            // They only take room: the next run of the table, or the next start, tries again.
            logger.warning("chunks cannot be purged", metadata: ["error": "\(error)"])
        }
    }
}
