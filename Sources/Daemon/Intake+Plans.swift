import Events
import FunctionConfig
import Ledger

extension Intake {
    /// The deliveries that an event of an object sets off.
    func plans(_ key: ObjectKey, _ event: DeliveryEvent) -> [DeliveryPlan] {
        config.triggers(for: key, eventName: event.rawValue).map { trigger in
            DeliveryPlan(
                trigger: trigger.id,
                function: trigger.function,
                isSupersedable: config.function(named: trigger.function)?.handler == "split"
            )
        }
    }

    /// Why the deliveries of an object are dead letters from the start; nil where they are not.
    func refusal(
        _ key: ObjectKey,
        _ origin: (hop: Int, requestID: String?)
    ) async throws -> HandlerFailure? {
        guard origin.hop > HopTracker.limit, let requestID = origin.requestID else { return nil }
        let chain = try await ledger.chain(endingIn: requestID, limit: 3)
        let path = ([key.description] + chain).joined(separator: " <- ")
        return HandlerFailure(
            errorType: "LoopDetected",
            errorMessage: "\(origin.hop) runs in a row set each other off: \(path) ...; let the "
                + "function write where no trigger of the loop looks, or narrow a trigger"
        )
    }
}
