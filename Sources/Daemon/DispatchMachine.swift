import Events
import Ledger

/// Decides which deliveries run next; performs nothing itself.
///
/// Time arrives as an argument, in microseconds since 1970, so tests drive every path without
/// sleeping. What it holds is a copy of the open deliveries in the ledger.
struct DispatchMachine: Sendable {
    /// A run to be begun.
    struct Start: Sendable, Equatable {
        var function: String
        var lane: Lane.Name
        /// At least one, smallest source sequencer first.
        var deliveries: [PendingDelivery]
        /// Whether it tries for others that are paused.
        var isProbe = false
    }

    let rules: DispatchRules
    private let isOnce: Bool
    private var lanes: [Lane.Name: Lane] = [:]
    private var pauses: [Pause.Scope: Pause] = [:]
    var running: [String: Int] = [:]
    var busyTables: Set<Pause.Scope> = []
    var memory = 0
    /// Schedule triggers of which a run is under way.
    private var busySchedules: Set<String> = []
    /// Runs by hand that wait for their turn, the first to be asked for first.
    var byHand: [ByHand] = []
    /// Deliveries whose trigger or function the configuration does not have any more.
    private(set) var foreign = 0

    init(rules: DispatchRules, isOnce: Bool = false) {
        self.rules = rules
        self.isOnce = isOnce
    }

    /// The number of runs.
    var runningCount: Int { running.values.reduce(0, +) }

    /// The number of deliveries that have no run.
    var pendingCount: Int { lanes.values.reduce(0) { $0 + $1.count } }

    /// The same, by function.
    var pendingByFunction: [String: Int] {
        lanes.values.reduce(into: [:]) { $0[$1.function, default: 0] += $1.count }
    }

    /// What is paused, as the ledger keeps it, oldest first.
    var recordedPauses: [RecordedPause] {
        pauses.map { $1.recorded(as: $0) }.sorted {
            ($0.since, $0.function, $0.table ?? "") < ($1.since, $1.function, $1.table ?? "")
        }
    }

    // MARK: - What happens

    /// Takes up deliveries that have to be run.
    mutating func add(_ deliveries: [PendingDelivery], at now: Int64) {
        for var delivery in deliveries {
            guard let function = rules.functions[delivery.function],
                rules.triggers[delivery.trigger] != nil
            else {
                foreign += 1
                continue
            }
            if isOnce, let due = delivery.dueAt { delivery.dueAt = min(due, now + 1_000_000) }
            let name = Lane.Name(
                trigger: delivery.trigger,
                event: delivery.event,
                table: function.mixesTables ? "" : delivery.table
            )
            // Of a schedule one time waits at most, the newest.
            if delivery.event == .scheduled { lanes[name] = nil }
            lanes[name, default: Lane(function: delivery.function)].insert(delivery)
        }
    }

    /// Takes out deliveries that need no run any more.
    mutating func remove(_ ids: [Int64]) {
        guard !ids.isEmpty else { return }
        let ids = Set(ids)
        for name in lanes.keys { lanes[name]?.remove(ids) }
    }

    /// Replaces all deliveries that have no run by those the ledger has now.
    mutating func replace(_ deliveries: [PendingDelivery], at now: Int64) {
        lanes = [:]
        foreign = 0
        add(deliveries, at: now)
    }

    /// Notes the end of a run; `failure` is what it said if it answered "not now".
    mutating func ended(
        _ start: Start,
        notNow: Bool,
        _ failure: HandlerFailure? = nil,
        at now: Int64
    ) {
        running[start.function, default: 0] -= 1
        memory -= rules.functions[start.function]?.memory ?? 0
        busyTables.remove(Pause.Scope(function: start.function, table: start.lane.table))
        if start.lane.event == .scheduled { busySchedules.remove(start.lane.trigger) }
        let scope = pauseScope(start.function, start.lane.table)
        if !notNow {
            pauses[scope] = nil
        } else if pauses[scope] == nil {
            pauses[scope] = Pause(at: now, failure, isOnce: isOnce)
        } else if start.isProbe {
            pauses[scope]?.renew(at: now, failure)
        }
    }

    // MARK: - What to do

    /// The next run to begin now; nil when there is none.
    ///
    /// Of everything that may run, the smallest source sequencer goes first. When it does not fit
    /// into the common memory, nothing else starts before it: it would starve.
    mutating func next(at now: Int64) -> Start? {
        guard runningCount < rules.maxProcesses, !isHeldUpByHand else { return nil }
        for (name, _) in lanes.filter({ ($1.nextDue ?? .max) <= now }) {
            lanes[name]?.wake(at: now)
        }
        var best: (name: Lane.Name, head: PendingDelivery)?
        for (name, lane) in lanes {
            guard let head = lane.head, mayRun(name, lane, at: now) else { continue }
            if let other = best?.head, (other.order, other.id) < (head.order, head.id) { continue }
            best = (name, head)
        }
        guard let best, let gathering = rules.triggers[best.name.trigger],
            let function = rules.functions[best.head.function],
            hasRoom(for: function)
        else { return nil }
        var start = Start(
            function: best.head.function,
            lane: best.name,
            deliveries: lanes[best.name]?.take(gathering) ?? []
        )
        if lanes[best.name]?.isEmpty == true { lanes[best.name] = nil }
        running[start.function, default: 0] += 1
        memory += function.memory
        if function.isExclusivePerTable {
            busyTables.insert(Pause.Scope(function: start.function, table: best.name.table))
        }
        if best.name.event == .scheduled { busySchedules.insert(best.name.trigger) }
        let scope = pauseScope(start.function, best.name.table)
        if pauses[scope] != nil {
            start.isProbe = true
            pauses[scope]?.isProbing = true
        }
        return start
    }

    /// When to ask ``next(at:)`` again although nothing has happened; nil: never.
    func nextWake(at now: Int64) -> Int64? {
        var times: [Int64] = []
        for (name, lane) in lanes {
            if let due = lane.nextDue { times.append(due) }
            guard let gathering = rules.triggers[name.trigger],
                let ready = lane.readyAt(gathering)
            else { continue }
            let pause = pauses[pauseScope(lane.function, name.table)]
            if let pause {
                if !pause.isProbing, let retry = pause.retryAt { times.append(max(retry, ready)) }
            } else {
                times.append(ready)
            }
        }
        // What could run already waits for the end of another run, not for time.
        return times.filter { $0 > now }.min()
    }

    /// Whether nothing runs, waits or could run: what is left belongs to paused functions.
    var isIdle: Bool {
        runningCount == 0 && byHand.isEmpty
            && lanes.allSatisfy { name, lane in
                lane.isEmpty || isOff(lane.function)
                    || hasGivenUp(pauseScope(lane.function, name.table))
            }
    }

    /// Deliveries that this call will not run, by function: those of functions with concurrency 0,
    /// and of those that still answer "not now".
    var left: (paused: [String: Int], notNow: [String: Int]) {
        var paused: [String: Int] = [:]
        var notNow: [String: Int] = [:]
        for (name, lane) in lanes where !lane.isEmpty {
            if isOff(lane.function) {
                paused[lane.function, default: 0] += lane.count
            } else if hasGivenUp(pauseScope(lane.function, name.table)) {
                notNow[lane.function, default: 0] += lane.count
            }
        }
        return (paused, notNow)
    }

    // MARK: - Rules

    private func mayRun(_ name: Lane.Name, _ lane: Lane, at now: Int64) -> Bool {
        guard let function = rules.functions[lane.function],
            let gathering = rules.triggers[name.trigger],
            running[lane.function, default: 0] < function.concurrency,
            !busyTables.contains(Pause.Scope(function: lane.function, table: name.table)),
            name.event != .scheduled || !busySchedules.contains(name.trigger),
            let ready = lane.readyAt(gathering), ready <= now
        else { return false }
        guard let pause = pauses[pauseScope(lane.function, name.table)] else { return true }
        guard let retry = pause.retryAt else { return false }
        return !pause.isProbing && retry <= now
    }

    private func pauseScope(_ function: String, _ table: String) -> Pause.Scope {
        let pausesAll = rules.functions[function]?.pausesAllTables == true
        return Pause.Scope(function: function, table: pausesAll ? nil : table)
    }

    private func isOff(_ function: String) -> Bool { rules.functions[function]?.concurrency == 0 }

    private func hasGivenUp(_ scope: Pause.Scope) -> Bool {
        guard let pause = pauses[scope] else { return false }
        return pause.retryAt == nil
    }
}
