import Events
import FunctionConfig
import Ledger

extension Dispatcher {
    /// The event of a run, as its handler gets it.
    func event(
        _ leased: [LeasedDelivery],
        _ trigger: Trigger,
        _ requestID: String,
        _ now: Int64
    ) async throws -> [UInt8] {
        if let first = leased.first, first.event == .destination {
            let record = try await persistence.keep { [ledger] in
                try await ledger.record(first.sequencer)
            }
            return Array((record ?? "{}").utf8)
        }
        var cause: RecordedRun?
        if let run = leased.last?.cause {
            cause = try await persistence.keep { [ledger] in try await ledger.run(run) }
        }
        let composer = EventComposer(buckets: options.buckets, requestID: requestID, now: now)
        return Array(try composer.event(leased, trigger: trigger, cause: cause).json())
    }

    /// The triggers that wait for the end of a function's work on an object.
    func plans(forEndOf function: FunctionSettings, _ state: String) -> [DeliveryPlan] {
        options.config.triggers(forCrawler: function.name, state: state).map {
            DeliveryPlan(trigger: $0.id, function: $0.function)
        }
    }
}
