import Events
import FunctionConfig
import Invocation
import Ledger

extension Dispatcher {
    /// How long a record that could not be written waits, in microseconds.
    private static let recordDelay: Int64 = 1_000_000
    /// How long `up --once` keeps trying.
    private static let recordGrace: Int64 = 10_000_000

    /// The records that a function's destinations get of the end of a run, by delivery.
    func records(
        of end: RunEnd,
        _ function: FunctionSettings,
        _ trigger: Trigger,
        _ outcome: InvocationOutcome,
        at now: Int64
    ) async throws -> [Int64: EventRecord] {
        guard function.onSuccess != nil || function.onFailure != nil else { return [:] }
        var answer: [UInt8]?
        if case .success(let output) = outcome { answer = output }
        let composer = EventRecordComposer(
            function: function,
            requestID: end.requestID,
            now: now
        )
        var records: [Int64: EventRecord] = [:]
        for (delivery, item) in end.items {
            let event = try await event([delivery], trigger, end.requestID, now)
            let made = try composer.record(
                of: delivery,
                item,
                isAlone: end.items.count == 1,
                isOverAge: end.overAge.contains(delivery.id),
                answer: answer,
                payload: String(decoding: event, as: UTF8.self)
            )
            guard let made, let destination = function.destination(of: made.end) else { continue }
            let file = destination.file(
                of: function.name,
                requestID: end.requestID,
                sequencer: delivery.sequencer,
                at: now
            )
            var place: EventRecord.Place?
            if let file { place = .file(file) }
            if case .function(let target) = destination {
                let name = function.destinationTrigger(of: made.end)
                place = .function(
                    DeliveryPlan(trigger: name, function: target),
                    refusal: try await refusal(of: name, delivery, end.requestID)
                )
            }
            records[delivery.id] = place.map {
                EventRecord(json: made.json, condition: made.condition, place: $0)
            }
        }
        return records
    }

    /// Why a record must set off nothing more.
    private func refusal(
        of trigger: String,
        _ delivery: LeasedDelivery,
        _ requestID: String
    ) async throws -> HandlerFailure? {
        guard delivery.hop + 1 > HopTracker.limit else { return nil }
        return try await LoopReport(ledger: ledger)
            .failure(endingIn: requestID, trigger, hops: delivery.hop + 1)
    }

    /// Tries again to write what could not be written, and remembers since when.
    func lookAfterRecords(
        _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async {
        guard recordProblem != nil else {
            recordProblemSince = nil
            return
        }
        let now = UTCTime.nowMicroseconds()
        recordProblemSince = recordProblemSince ?? now
        if now >= recordsDueAt { await writeRecords() }
        if recordProblem != nil { wake(at: recordsDueAt, &group) }
    }

    /// Whether `up --once` need not wait for records any more; tells of those that stay.
    func hasDoneWithRecords(at now: Int64) -> Bool {
        guard recordProblem != nil else { return true }
        guard let since = recordProblemSince, now - since >= Self.recordGrace else { return false }
        tally.summary.leftRecords = recordProblem
        return true
    }

    /// Writes the files of records; what cannot be written is tried again later.
    func writeRecords() async {
        recordProblem = await recordWriter.writeAll()
        if recordProblem != nil { recordsDueAt = UTCTime.nowMicroseconds() + Self.recordDelay }
    }
}

/// Says that a chain of runs has become too long.
struct LoopReport {
    let ledger: Ledger

    /// The failure of something that a run set off; it names the whole chain as a path.
    func failure(
        endingIn requestID: String,
        _ last: String,
        hops: Int
    ) async throws -> HandlerFailure {
        let chain = try await ledger.chain(endingIn: requestID, limit: HopTracker.limit + 2)
        let path = (chain + [last]).joined(separator: " -> ")
        return HandlerFailure(
            errorType: "LoopDetected",
            errorMessage: "\(hops) runs in a row set each other off: \(path); let the "
                + "function write where no trigger of the loop looks, or narrow a trigger"
        )
    }
}
