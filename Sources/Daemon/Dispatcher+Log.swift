import Events
import FunctionConfig
import Ledger
import Logging

extension Dispatcher {
    /// Says which deliveries of a run have failed, and how they go on.
    func log(
        _ end: RunEnd,
        _ function: FunctionSettings,
        _ start: DispatchMachine.Start
    ) {
        var facts: Logger.Metadata = [
            "function.name": "\(function.name)",
            "run.id": "\(end.requestID)",
            "run.items": "\(end.items.count)",
            "run.milliseconds": "\(end.durationMicroseconds / 1000)",
        ]
        if !start.lane.table.isEmpty { facts["table.name"] = "\(start.lane.table)" }
        if start.lane.event == .scheduled { facts["trigger.id"] = "\(start.lane.trigger)" }
        logger.debug("run ended", metadata: facts)
        for (delivery, outcome) in end.items {
            guard let failure = outcome.failure else { continue }
            facts["object.key"] = "\(delivery.source?.objectKey.description ?? "-")"
            facts["error.type"] = "\(failure.errorType)"
            facts["error.message"] = "\(failure.errorMessage)"
            switch outcome {
            // The line of a version that is finished says it, too.
            case .dead where delivery.object != nil && !tally.isOpen(delivery.pending.order):
                continue
            case .dead: logger.error("dead letter", metadata: facts)
            case .retry: logger.warning("failed, will be tried again", metadata: facts)
            case .notNow: logger.warning("not now, will be tried again", metadata: facts)
            case .bisected: logger.info("failed, will be tried in halves", metadata: facts)
            case .done, .superseded, .interrupted: break
            }
            // One line says it for the whole run.
            if end.items.count > 1, case .bisected = outcome { return }
            if case .notNow = outcome { return }
        }
    }
}
