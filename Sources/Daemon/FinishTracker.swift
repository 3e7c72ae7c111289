import Events
import FunctionConfig
import Ledger

/// Knows which versions are finished; performs nothing itself.
///
/// A copy of the open deliveries, by the source version they stem from. Between the end of `split`
/// and the notice of the manifest a version has no open delivery and still is not finished: the
/// answer of `split` tells that a manifest is to come.
struct FinishTracker: Sendable {
    private struct Entry {
        var object: ObjectKey?
        /// Microseconds since 1970.
        var since: Int64
        var open = 0
        var hasManifest = false
        var awaitsManifest = false
        var parts: [FinishedVersion.Part] = []
    }

    private let config: FunctionConfig
    private let manifestTriggers: Set<String>
    private var entries: [Sequencer: Entry] = [:]
    /// The source version of each open delivery.
    private var orders: [Int64: Sequencer] = [:]
    private var finished: [FinishedVersion] = []

    init(config: FunctionConfig) {
        self.config = config
        manifestTriggers = Set(
            config.triggers.filter { trigger in
                guard case .bucket(let source) = trigger.source else { return false }
                return source.bucket == "stage-2"
            }.map(\.id)
        )
    }

    /// The versions that were finished since this was called last.
    mutating func takeFinished() -> [FinishedVersion] {
        defer { finished = [] }
        return finished
    }

    /// Whether something is left to do for a source version.
    func isOpen(_ version: Sequencer) -> Bool { entries[version] != nil }

    // MARK: - What happens

    /// Takes up what the ledger holds at the start, or after another process has changed it.
    ///
    /// At the start a version counts from its arrival, later from when it was queued again.
    mutating func load(_ pending: [PendingDelivery], isStart: Bool) {
        for delivery in pending { insert(delivery, countsFromArrival: isStart) }
    }

    /// Takes up what was recorded.
    mutating func recorded(_ outcome: RecordOutcome, at now: Int64) {
        for delivery in outcome.pending { insert(delivery, countsFromArrival: true) }
        for version in outcome.created { entries[version.sequencer]?.object = version.objectKey }
        for id in outcome.withdrawn {
            close(id, .init(function: "", handler: "", outcome: .superseded), now)
        }
    }

    /// Takes up the end of a run.
    mutating func settled(
        _ end: RunEnd,
        of function: FunctionSettings,
        _ outcome: SettleOutcome,
        at now: Int64
    ) {
        for delivery in outcome.pending { insert(delivery, countsFromArrival: false) }
        let open = Set(outcome.pending.map(\.id))
        let answers = Answers(end.answers)
        for (delivery, item) in end.items where !open.contains(delivery.id) {
            let answer = answers.answer(for: delivery)
            if item == .done, function.handler == "split", announcesManifest(answer) {
                let order = delivery.pending.order
                if entries[order]?.hasManifest == false { entries[order]?.awaitsManifest = true }
            }
            entries[delivery.pending.order]?.object = delivery.source?.objectKey
            let result: FinishedVersion.Outcome =
                switch item {
                case .done: .init(handler: function.handler, answer: answer)
                case .dead(let failure) where outcome.dead.contains(delivery.pending.order):
                    .failed(failure)
                case .dead: .cancelled
                default: .superseded
                }
            let part = FinishedVersion.Part(
                function: function.name,
                handler: function.handler,
                outcome: result
            )
            close(delivery.id, part, now)
        }
    }

    // MARK: - Bookkeeping

    private mutating func insert(_ delivery: PendingDelivery, countsFromArrival: Bool) {
        guard orders[delivery.id] == nil else { return }
        orders[delivery.id] = delivery.order
        // A sequencer is the clock of its arrival, unless the clock was set back.
        let arrival = Int64(clamping: delivery.order.rawValue)
        let since = countsFromArrival ? min(arrival, delivery.recordedAt) : delivery.recordedAt
        var entry = entries[delivery.order] ?? Entry(since: since)
        entry.open += 1
        if manifestTriggers.contains(delivery.trigger) {
            entry.hasManifest = true
            entry.awaitsManifest = false
        }
        entries[delivery.order] = entry
    }

    private mutating func close(_ id: Int64, _ part: FinishedVersion.Part, _ now: Int64) {
        guard let order = orders.removeValue(forKey: id), var entry = entries[order] else { return }
        entry.open -= 1
        entry.parts.append(part)
        guard entry.open == 0, !entry.awaitsManifest else {
            entries[order] = entry
            return
        }
        entries[order] = nil
        guard let object = entry.object else { return }
        finished.append(
            FinishedVersion(
                object: object,
                parts: entry.parts,
                microseconds: max(0, now - entry.since)
            )
        )
    }

    private func announcesManifest(_ answer: JSONValue?) -> Bool {
        guard let key = answer?["manifest"]?.string.flatMap({ ObjectKey($0) })
        else { return false }
        let event = DeliveryEvent.created.rawValue
        return !config.triggers(for: key, eventName: event).isEmpty
    }

    /// What a run answered, by the source version or the table that an entry names.
    private struct Answers {
        private var bySequencer: [String: JSONValue] = [:]
        private var byTable: [String: JSONValue] = [:]

        init(_ answers: [JSONValue]) {
            for answer in answers {
                if let sequencer = answer["sequencer"]?.string {
                    bySequencer[sequencer] = answer
                } else if let table = answer["table"]?.string {
                    byTable[table] = answer
                }
            }
        }

        func answer(for delivery: LeasedDelivery) -> JSONValue? {
            bySequencer[delivery.pending.order.description]
                ?? bySequencer[delivery.sequencer.description] ?? byTable[delivery.pending.table]
        }
    }
}
