import Events
import FunctionConfig
import Ledger

/// Keeps account of what a daemon does, for those who look on; performs nothing itself.
struct Tally: Sendable {
    /// The account so far.
    var summary = DaemonSummary()
    /// The source versions of dead letters that this daemon has made.
    private var dead: Set<Sequencer> = []
    private var running: [String: DaemonSummary.Run] = [:]
    private var tracker: FinishTracker
    private var isLoaded = false

    init(config: FunctionConfig) { tracker = FinishTracker(config: config) }

    /// Takes up what the ledger holds that has to be run.
    mutating func load(_ pending: [PendingDelivery]) {
        tracker.load(pending, isStart: !isLoaded)
        isLoaded = true
    }

    /// Takes up what was recorded.
    mutating func recorded(_ outcome: RecordOutcome, at now: Int64) {
        summary.versions += outcome.created.count
        note(dead: outcome.dead)
        tracker.recorded(outcome, at: now)
    }

    /// A run has begun, in microseconds since 1970.
    mutating func began(_ run: NewRun, items: Int, at now: Int64) {
        running[run.requestID] = DaemonSummary.Run(
            function: run.function,
            table: run.table,
            items: items,
            since: now
        )
    }

    /// A run has ended; nothing happens if it has none or was told before.
    mutating func ended(_ requestID: String) { running[requestID] = nil }

    /// A run's end is recorded.
    mutating func settled(
        _ end: RunEnd,
        of function: FunctionSettings,
        _ outcome: SettleOutcome,
        at now: Int64
    ) {
        summary.runs += 1
        note(dead: outcome.dead)
        tracker.settled(end, of: function, outcome, at: now)
    }

    /// Whether something is left to do for a source version.
    func isOpen(_ version: Sequencer) -> Bool { tracker.isOpen(version) }

    /// The versions that were finished since this was called last.
    mutating func takeFinished() -> [FinishedVersion] {
        var finished = tracker.takeFinished()
        for index in finished.indices {
            summary.finished += 1
            finished[index].number = summary.finished
        }
        return finished
    }

    /// The account at this moment.
    mutating func summary(of machine: DispatchMachine) -> DaemonSummary {
        summary.running = machine.runningCount
        summary.pending = machine.pendingCount
        summary.pendingByFunction = machine.pendingByFunction
        summary.pauses = machine.recordedPauses
        summary.foreign = machine.foreign
        summary.runningRuns = running.values.sorted {
            ($0.since, $0.function, $0.table) < ($1.since, $1.function, $1.table)
        }
        return summary
    }

    /// A version that two functions give up is one dead letter.
    private mutating func note(dead versions: [Sequencer]) {
        dead.formUnion(versions)
        summary.deadLetters = dead.count
    }
}
