import Buckets
import Daemon
import Events
import FoundationEssentials
import Ledger
import Verification

extension LedgerFacts {
    /// What two readings say, the one before and the one after everything else was read.
    init(before: LedgerInventory, after: LedgerInventory, isRunning: Bool, at time: Int64) {
        self.init()
        self.isRunning = isRunning
        self.time = time
        damages = after.damages
        runs = after.runs.map {
            ActiveRun(function: $0.function, table: $0.table, startedAt: $0.startedAt)
        }
        let earlier = Set(before.objects)
        for object in after.objects { take(object, isAsBefore: earlier.contains(object)) }
    }

    private mutating func take(_ object: LedgerInventory.Object, isAsBefore: Bool) {
        let key = object.version.objectKey
        let isManifest =
            key.bucket == "stage-2" && FilePath.name(of: key.key) == Manifest.fileName
        var recorded = RecordedObject(
            version: object.version,
            table: object.table,
            source: VersionName(object.source),
            isDeleted: object.isDeleted,
            isPurged: object.isPurged,
            deliveries: []
        )
        recorded.isPruned = object.isPruned
        var isOpen = false
        for delivery in object.deliveries {
            guard let state = State(rawValue: delivery.state) else { continue }
            note(delivery, state, of: object)
            isOpen = isOpen || state.isOpen
            // What the end of a file set off says nothing of the version.
            if delivery.event == "ObjectRemoved:Delete", !state.isOpen { continue }
            recorded.deliveries.append(
                Delivery(trigger: delivery.trigger, function: delivery.function, state: state)
            )
            if isManifest, state == .done {
                accepted[delivery.function, default: [:]][object.table, default: []]
                    .insert(recorded.source)
            }
        }
        if isOpen || !isAsBefore {
            moving.insert(recorded.source.source)
            movingTables.insert(object.table)
        }
        // Objects come in the order of their sequencers: the last one stays.
        newest[key] = recorded
        if isManifest {
            manifests[recorded.source] = recorded
            if object.source.eTag.isEmpty { removals.insert(recorded.source) }
        } else {
            versions.insert(recorded.source)
        }
    }

    private mutating func note(
        _ delivery: LedgerInventory.Delivery,
        _ state: State,
        of object: LedgerInventory.Object
    ) {
        if state == .dead { deadLetters += 1 }
        if let version = delivery.catalogVersion {
            // Deliveries of one object come in their order; of several, the newest object counts.
            catalogVersions[object.table] = version
            firstCrawled[delivery.trigger] = min(
                firstCrawled[delivery.trigger] ?? object.version.sequencer,
                object.version.sequencer
            )
        }
        guard state.isOpen else { return }
        open.append(
            OpenDelivery(
                object: object.version.source,
                source: object.source.source,
                table: object.table,
                function: delivery.function,
                state: state
            )
        )
    }
}
