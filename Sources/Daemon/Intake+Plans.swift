import Buckets
import Events
import FunctionConfig
import Ledger

extension Intake {
    /// The deliveries that an event of an object sets off.
    func plans(_ key: ObjectKey, _ event: DeliveryEvent) -> [DeliveryPlan] {
        let retracts = event == .removed && config.retractsDeleted(key)
        return config.triggers(for: key, eventName: event.rawValue).map { trigger in
            let splits = config.function(named: trigger.function)?.handler == "split"
            return DeliveryPlan(
                trigger: trigger.id,
                function: trigger.function,
                isSupersedable: splits && !retracts,
                retracts: splits && retracts
            )
        }
    }

    /// Why the deliveries of an object are dead letters from the start; nil where they are not.
    func refusal(
        _ key: ObjectKey,
        _ origin: (hop: Int, requestID: String?)
    ) async throws -> HandlerFailure? {
        guard origin.hop > HopTracker.limit, let requestID = origin.requestID else { return nil }
        let report = LoopReport(ledger: ledger)
        return try await persistence.keep {
            try await report.failure(endingIn: requestID, key.description, hops: origin.hop)
        }
    }

    /// Which run an object comes from: the file of a record names it, others are known by their time.
    func origin(
        of key: ObjectKey,
        _ identity: FileIdentity
    ) async throws -> (hop: Int, requestID: String?) {
        if let run = config.run(ofRecord: key),
            let hop = try await persistence.keep({ [ledger] in try await ledger.hop(ofRun: run) })
        {
            return (hop + 1, run)
        }
        return dispatcher.origin(of: key, changedAt: identity.changedNanoseconds / 1000)
    }
}
