import Buckets
public import Events
import FunctionConfig
public import Ledger
import Verification

/// What a lost ledger must have known, concluded from what lies around; performs nothing.
///
/// Versions keep their sequencers. What a table tells to be done is done; everything else that
/// triggers ask for is queued, and handlers answer for what they find done. Files of which nothing
/// tells are left out: the next scan finds them.
public struct Restoration: Sendable {
    /// Every version, in an order in which they can be numbered.
    public private(set) var objects: [RestoredObject] = []
    /// The greatest sequencer that anything tells.
    public private(set) var floor: Sequencer
    let remains: Remains
    let evidence: Evidence

    /// Concludes.
    public init(_ remains: Remains) {
        self.remains = remains
        evidence = Evidence(remains)
        floor = remains.floor
        let tables = Array(remains.lake.values.map(\.content))
        let loads = (tables + remains.warehouse.tables.map(\.content)).flatMap(\.loads)
        let removals = (tables + remains.warehouse.tables.map(\.content)).flatMap(\.removals)
        for name in loads.map(\.name) + removals {
            floor = max(floor, Sequencer(rawValue: UInt64(max(0, name.sequencer))))
        }
        addDropped(DroppedVersions(remains, loads: loads))
        addManifests()
        addCommits()
    }

    /// How many versions of dropped files, manifests and commits there are.
    public var counts: (dropped: Int, manifests: Int, commits: Int) {
        let manifests = objects.count { $0.source != nil }
        let commits = objects.count { $0.version.bucket == "lake" }
        return (objects.count - manifests - commits, manifests, commits)
    }

    /// How many deliveries are done.
    public var done: Int { objects.reduce(0) { $0 + $1.deliveries.count(where: \.isDone) } }

    /// How many deliveries are queued, by function.
    public var queued: [String: Int] {
        var queued: [String: Int] = [:]
        for delivery in objects.flatMap(\.deliveries) where !delivery.isDone {
            queued[delivery.plan.function, default: 0] += 1
        }
        return queued
    }

    // MARK: - Dropped files

    private mutating func addDropped(_ dropped: DroppedVersions) {
        var numbers: Set<Sequencer> = []
        for file in dropped.files.sorted(by: { $0.key.description < $1.key.description }) {
            let table = remains.config.table(of: file.key)
            let triggers = triggers(for: file.key)
            for version in file.versions where numbers.insert(version.version.sequencer).inserted {
                let isPresent = version.isPresent
                objects.append(
                    RestoredObject(
                        version: version.version,
                        table: table,
                        identity: isPresent ? remains.identities[file.key] : nil,
                        checkedAt: isPresent ? remains.readAt : 0,
                        isDeleted: file.isRemoved,
                        deliveries: triggers.compactMap { trigger in
                            let isSplit = handler(trigger.function) == "split"
                            // What else is to be done with a file is not to be seen.
                            guard isSplit || isPresent else { return nil }
                            return RestoredDelivery(
                                plan: plan(trigger),
                                isDone: isSplit && version.isSplit
                            )
                        }
                    )
                )
            }
        }
    }

    // MARK: - Manifests and commits

    private mutating func addManifests() {
        let staged = remains.folders.manifests.sorted {
            ($0.manifest.source.sequencer, $0.key) < ($1.manifest.source.sequencer, $1.key)
        }
        for version in staged {
            let key = ObjectKey(bucket: "stage-2", key: version.key)
            // What no trigger wants is not recorded.
            guard let file = remains.folders.objects[key], let eTag = file.eTag else { continue }
            let table = remains.config.table(of: key)
            objects.append(
                RestoredObject(
                    version: unnumbered(key, size: file.size, eTag: eTag),
                    table: table,
                    source: version.manifest.source,
                    identity: remains.identities[key],
                    checkedAt: remains.readAt,
                    isPurged: remains.config.table(named: table).purgesChunks
                        && !version.chunks.isEmpty && version.chunks.allSatisfy { $0.size == nil },
                    deliveries: deliveries(of: version.manifest, key, table)
                )
            )
        }
    }

    private func deliveries(
        of manifest: Manifest,
        _ key: ObjectKey,
        _ table: String
    ) -> [RestoredDelivery] {
        triggers(for: key).flatMap { trigger in
            let isDone = evidence.isDone(trigger.function, with: manifest, of: table)
            let own = RestoredDelivery(plan: plan(trigger), isDone: isDone)
            // The end of a crawl that is still to come brings these by itself.
            guard isDone else { return [own] }
            let ends = evidence.triggers(afterSuccessOf: trigger.function).map { waiting in
                RestoredDelivery(
                    plan: plan(waiting),
                    event: .succeeded,
                    isDone: evidence.isDone(waiting.function, with: manifest, of: table),
                    catalogVersion: evidence.catalogVersion(of: table)
                )
            }
            return [own] + ends
        }
    }

    private mutating func addCommits() {
        var commits: [(version: Int64, table: String, key: ObjectKey)] = []
        for key in remains.folders.objects.keys where key.bucket == "lake" {
            let parts = key.key.split(separator: "/")
            guard parts.count == 3, let version = Int64(parts[2].prefix { $0 != "." }) else {
                continue
            }
            commits.append((version, String(parts[0]), key))
        }
        for commit in commits.sorted(by: { ($0.version, $0.table) < ($1.version, $1.table) }) {
            guard let file = remains.folders.objects[commit.key], let eTag = file.eTag else {
                continue
            }
            objects.append(
                RestoredObject(
                    version: unnumbered(commit.key, size: file.size, eTag: eTag),
                    table: commit.table,
                    identity: remains.identities[commit.key],
                    checkedAt: remains.readAt,
                    deliveries: triggers(for: commit.key).map { trigger in
                        RestoredDelivery(
                            plan: plan(trigger),
                            isDone: evidence.isDone(
                                trigger.function,
                                withCommit: commit.version,
                                of: commit.table
                            )
                        )
                    }
                )
            )
        }
    }

    // MARK: - What these share

    private func unnumbered(_ key: ObjectKey, size: Int64, eTag: String) -> ObjectVersion {
        ObjectVersion(
            bucket: key.bucket,
            key: key.key,
            size: size,
            eTag: eTag,
            sequencer: Sequencer(rawValue: 0)
        )
    }

    private func triggers(for key: ObjectKey) -> [Trigger] {
        remains.config.triggers(for: key, eventName: DeliveryEvent.created.rawValue)
    }

    private func plan(_ trigger: Trigger) -> DeliveryPlan {
        DeliveryPlan(
            trigger: trigger.id,
            function: trigger.function,
            isSupersedable: handler(trigger.function) == "split"
        )
    }

    private func handler(_ function: String) -> String? {
        remains.config.function(named: function)?.handler
    }
}
