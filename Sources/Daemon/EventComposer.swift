import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Ledger

/// Makes a run's event from its deliveries, which all tell the same of one table.
struct EventComposer {
    let buckets: BucketsFolder
    let requestID: String
    /// Microseconds since 1970.
    let now: Int64

    /// The event; `cause` is the crawl whose end it tells, if it tells one.
    func event(
        _ deliveries: [LeasedDelivery],
        trigger: Trigger,
        cause: RecordedRun?
    ) -> HandlerEvent {
        let time = UTCTime.iso8601(microseconds: now)
        switch deliveries.first?.event {
        case .succeeded: return .crawler(end(deliveries, "Succeeded", trigger, cause, time))
        case .failed: return .crawler(end(deliveries, "Failed", trigger, cause, time))
        case .scheduled:
            let due = deliveries.first.map { Int64(clamping: $0.sequencer.rawValue) } ?? now
            return .schedule(ScheduledEvent(id: id(), trigger: trigger.id, microseconds: due))
        // Its event is the record itself, which the ledger has.
        case .destination, .created, .removed, nil:
            return .objects(S3Event(records: deliveries.compactMap { record($0, trigger) }))
        }
    }

    private func record(_ delivery: LeasedDelivery, _ trigger: Trigger) -> S3Record? {
        guard var version = delivery.object else { return nil }
        version.sequencer = delivery.sequencer
        var record = S3Record(
            version: version,
            removed: delivery.event == .removed,
            retracts: delivery.isRetraction,
            trigger: trigger.id,
            table: delivery.pending.table,
            localPath: buckets.path(of: version.objectKey),
            eventTime: UTCTime.iso8601(microseconds: delivery.pending.recordedAt),
            requestID: requestID
        )
        if delivery.replay != nil { record.s3.object.replay = true }
        return record
    }

    private func end(
        _ deliveries: [LeasedDelivery],
        _ state: String,
        _ trigger: Trigger,
        _ cause: RecordedRun?,
        _ time: String
    ) -> GlueEvent {
        var crawler = trigger.function
        if case .crawler(let function, _) = trigger.source { crawler = function }
        let seconds = (cause?.durationMicroseconds ?? 0) / 1_000_000
        let objects = deliveries.compactMap { delivery in
            delivery.object.map { object in
                ManifestReference(
                    manifest: object,
                    source: delivery.source ?? object,
                    replay: delivery.replay
                )
            }
        }
        var detail = GlueEvent.Detail(
            crawlerName: crawler,
            state: state,
            message: cause?.errorMessage ?? "\(objects.count) objects",
            runningTime: String(seconds),
            completionDate: UTCTime.iso8601(microseconds: cause?.endedAt ?? now),
            table: deliveries.first?.pending.table ?? "",
            catalogVersion: deliveries.compactMap(\.catalogVersion).max() ?? 0,
            objects: objects
        )
        detail.cloudWatchLogLink = cause?.logPath ?? ""
        return GlueEvent(id: id(), time: time, detail: detail)
    }

    private func id() -> String { UUID().uuidString.lowercased() }
}
