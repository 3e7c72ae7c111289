public import Buckets
import Events
public import FunctionConfig
public import Ledger

extension StatusReport {
    /// Gathers how everything stands.
    ///
    /// - Parameters:
    ///   - ledger: The ledger; nil when there is none.
    ///   - buckets: The buckets.
    ///   - config: The settings; nil when they cannot be read.
    ///   - daemon: The `sluice up` that runs.
    /// - Throws: `LedgerError` when the ledger cannot be read.
    public init(
        ledger: Ledger?,
        buckets: BucketsFolder,
        config: FunctionConfig?,
        daemon: DaemonStory?
    ) async throws {
        self.init()
        self.daemon = daemon
        rejected = RejectedRows.byTable(in: buckets)
        rejectedRows = rejected.values.reduce(0) { $0 + $1.rows }
        for function in config?.functions ?? [] {
            functions[function.name, default: .init()].isOff = function.concurrency == 0
        }
        if let ledger { try await read(ledger, config) }
        if let config { openFiles = Self.openFiles(in: buckets, config) }
    }

    private mutating func read(_ ledger: Ledger, _ config: FunctionConfig?) async throws {
        let status = try await ledger.status()
        objects = status.objects
        queued = status.queued
        running = status.running
        waiting = status.waiting
        deadLetters = status.deadLetters
        tables = status.tables
        for (name, counts) in status.functions {
            functions[name, default: .init()].counts = counts
            functions[name]?.isKnown = config?.function(named: name) != nil
        }
        for (name, queue) in try await ledger.queues() {
            functions[name]?.oldestQueuedAt = queue.oldestAt.map(Moment.init)
            functions[name]?.nextTryAt = queue.nextDueAt.map(Moment.init)
        }
        runs = try await ledger.runningRuns().map { run in
            RunningStory(
                requestID: run.requestID,
                function: run.function,
                table: run.table,
                objects: run.items,
                startedAt: Moment(run.startedAt)
            )
        }
        let now = UTCTime.nowMicroseconds()
        schedules = try await ledger.schedules().compactMap {
            ScheduleReport($0, at: now, isRunning: daemon != nil)
        }
        pauses = try await ledger.pauses().map(PauseStory.init)
        failures = Self.failures(try await ledger.deadLetters())
        refusedNames = try await ledger.refusedNames()
        // What a daemon noted that is gone holds no more.
        guard daemon != nil else { return }
        held = try await ledger.heldCount()
        heldFiles = try await ledger.held(limit: 1000).map(HeldStory.init)
        watchNotices = try await ledger.watchNotices()
    }

    /// The dead letters, a version once.
    static func failures(_ letters: [DeadLetter]) -> [FailureStory] {
        var failures: [FailureStory] = []
        var places: [Sequencer: Int] = [:]
        for letter in letters {
            let version = letter.source ?? letter.object
            if let sequencer = version?.sequencer, let place = places[sequencer] {
                if !failures[place].functions.contains(letter.function) {
                    failures[place].functions.append(letter.function)
                }
                continue
            }
            if let sequencer = version?.sequencer { places[sequencer] = failures.count }
            failures.append(
                FailureStory(
                    object: version?.source ?? letter.trigger,
                    sequencer: version?.sequencer,
                    table: letter.table,
                    functions: [letter.function],
                    errorType: letter.errorType,
                    errorMessage: letter.errorMessage,
                    attempts: letter.attempts,
                    at: Moment(letter.endedAt),
                    requestID: letter.requestID
                )
            )
        }
        return failures
    }

    /// What is open of the objects that some trigger wants.
    private static func openFiles(
        in buckets: BucketsFolder,
        _ config: FunctionConfig
    ) -> [OpenObject] {
        var found: [OpenObject] = []
        for bucket in config.watchedBuckets {
            guard let folder = FilePath.canonical(buckets.path(ofBucket: bucket)) else { continue }
            for (path, writers) in OpenFiles.writers(below: folder) {
                let key = ObjectKey(bucket: bucket, key: String(path.dropFirst(folder.count + 1)))
                let event = DeliveryEvent.created.rawValue
                guard ObjectRules.isObject(key),
                    !config.triggers(for: key, eventName: event).isEmpty
                else { continue }
                found += writers.map {
                    OpenObject(object: key.description, pid: $0.pid, program: $0.program)
                }
            }
        }
        return found.sorted { ($0.object, $0.pid) < ($1.object, $1.pid) }
    }
}

extension FunctionConfig {
    /// The buckets that some trigger asks for.
    fileprivate var watchedBuckets: [String] {
        let buckets = triggers.compactMap { trigger -> String? in
            guard case .bucket(let source) = trigger.source else { return nil }
            return source.bucket
        }
        return Set(buckets).sorted()
    }
}
