import Buckets
import Events
import FunctionConfig

// What the ledger says of itself: whole, settled, and with every delivery that must have been.
extension Verdict {
    mutating func judgeLedger() {
        for damage in inventory.ledger.damages {
            find(
                .brokenLedger,
                .ledger,
                file: ".sluice/ledger.sqlite",
                expected: "a ledger whose rows fit together",
                found: damage,
                remedy: remedies.rebuildLedger
            )
        }
    }

    /// Every recorded object set something off, and every crawled manifest what waits for that.
    mutating func judgeDeliveries() {
        let ledger = inventory.ledger
        for (key, object) in ledger.newest
        where key.bucket != "stage-2" && object.deliveries.isEmpty
            && !isMoving(object.source.source)
            && !object.isDeleted
        {
            guard !inventory.config.triggers(for: key, eventName: "ObjectCreated:Put").isEmpty
            else {
                continue
            }
            reportForgotten(key, object, "a delivery of it to a function", remedies.comeAgain(key))
        }
        for object in ledger.manifests.values
        where !object.isDeleted && !isMoving(object.source.source) && staged[object.source] != nil
            && !object.isPruned
        {
            guard let missing = missingDelivery(object) else { continue }
            reportForgotten(
                object.version.objectKey,
                object,
                "a delivery of it to \(missing)",
                remedies.deliverAgain(object.version.key)
            )
        }
    }

    private mutating func reportForgotten(
        _ key: ObjectKey,
        _ object: LedgerFacts.RecordedObject,
        _ expected: String,
        _ remedy: String
    ) {
        find(
            .forgottenDelivery,
            .ledger,
            table: object.table,
            object.source,
            file: key.description,
            expected: expected,
            found: "none",
            remedy: remedy
        )
    }

    /// The function of a trigger that must have got a manifest and did not.
    private func missingDelivery(_ manifest: LedgerFacts.RecordedObject) -> String? {
        let triggers = Set(manifest.deliveries.map(\.trigger))
        let done = Set(manifest.deliveries.filter { $0.state == .done }.map(\.function))
        for trigger in wiring.crawlerTriggers {
            if triggers.contains(trigger.id) {
                let isCrawled = manifest.deliveries.contains { $0.function == trigger.crawler }
                if !isCrawled { return trigger.crawler }
                continue
            }
            guard done.contains(trigger.crawler) else { continue }
            let first = inventory.ledger.firstCrawled[trigger.id]
            let isLater = first.map { $0 < manifest.version.sequencer } ?? false
            if isLater || isLoaded(manifest, by: trigger.function) { return trigger.function }
        }
        let isWatched = !inventory.config.triggers(
            for: manifest.version.objectKey,
            eventName: "ObjectCreated:Put"
        ).isEmpty
        return manifest.deliveries.isEmpty && isWatched ? wiring.function("crawl") : nil
    }

    private func isLoaded(
        _ manifest: LedgerFacts.RecordedObject,
        by function: String
    ) -> Bool {
        [Finding.Store.lake, .warehouse].contains { store in
            wiring.functions(for: store).contains(function)
                && contributors(of: manifest.table, in: store).contains(manifest.source)
        }
    }

    mutating func describePending() {
        let open = inventory.ledger.open.sorted { $0.object < $1.object }
        for delivery in open {
            report.pending.append(
                VerifyReport.Pending(
                    object: delivery.object,
                    table: delivery.table.isEmpty ? nil : delivery.table,
                    what: "\(delivery.function): \(delivery.state.rawValue)"
                )
            )
        }
        let known = Set(open.map(\.source))
        for source in inventory.ledger.moving.subtracting(known).sorted() {
            report.pending.append(
                VerifyReport.Pending(
                    object: source,
                    table: nil,
                    what: "it was worked on while verify read"
                )
            )
        }
    }
}
