import Buckets
import Events
import Glibc
import Ledger
import TableFacts

/// Puts versions together from what the ledger and `stage-2` hold of them.
struct VersionBuilder {
    let buckets: BucketsFolder

    /// The versions of a key, newest first.
    func versions(
        _ recorded: [RecordedVersion],
        _ removals: [RecordedRemoval],
        of key: ObjectKey
    ) -> [VersionStory] {
        var versions: [Sequencer: VersionStory] = [:]
        for removal in removals {
            var version = VersionStory(
                ObjectVersion(
                    bucket: key.bucket,
                    key: key.key,
                    size: 0,
                    eTag: "",
                    sequencer: removal.sequencer
                ),
                table: recorded.first?.table ?? ""
            )
            version.removal = removal.cause.rawValue
            version.noticedAt = Moment(removal.recordedAt)
            versions[removal.sequencer] = version
        }
        for record in recorded {
            let sequencer = record.source.sequencer
            var version = versions[sequencer] ?? VersionStory(record.source, table: record.table)
            if record.version.sequencer == sequencer {
                version.noticedBy = record.notice.rawValue
                version.noticedAt = Moment(record.noticedAt)
                version.deletedAt = record.deletedAt.map(Moment.init)
            } else {
                version.purgedAt = record.purgedAt.map(Moment.init)
            }
            if let pruned = record.prunedAt { version.prunedAt = Moment(pruned) }
            for delivery in record.deliveries {
                if delivery.event == .removed, versions[delivery.order]?.removal != nil {
                    versions[delivery.order]?.steps.insert(step(delivery, record), at: 0)
                } else {
                    version.steps.append(step(delivery, record))
                }
            }
            versions[sequencer] = version
        }
        for manifest in manifests(of: key, recorded.map(\.table)) {
            let sequencer = manifest.source.sequencer
            var version =
                versions[sequencer] ?? VersionStory(manifest.source, table: manifest.table)
            if manifest.isRemoval {
                version.removal = version.removal ?? "unknown"
            } else {
                version.manifest = ManifestStory(manifest, in: buckets)
            }
            versions[sequencer] = version
        }
        return ended(versions.values.sorted { $0.sequencer > $1.sequencer })
    }

    /// The versions, newest first, with the removal that came after each.
    private func ended(_ versions: [VersionStory]) -> [VersionStory] {
        var removal: Sequencer?
        return versions.map { version in
            var version = version
            version.endedBy = removal
            if version.removal != nil { removal = version.sequencer }
            return version
        }
    }

    private func step(_ delivery: RecordedDelivery, _ version: RecordedVersion) -> StepStory {
        var step = StepStory(delivery)
        step.runs = delivery.tries.map(RunStory.init)
        let identifiers = [
            delivery.order.description, version.source.sequencer.description,
            version.version.sequencer.description,
        ]
        let result = delivery.tries.last { $0.run.result != nil }?.run.result
        guard let result, let answers = (try? JSONValue(parsing: result))?["results"]?.array else {
            return step
        }
        step.answer =
            answers.first { $0["sequencer"]?.string.map(identifiers.contains) == true }
            ?? answers.first { answer in
                answer["sequencer"] == nil && answer["table"]?.string == version.table
            }
        return step
    }

    /// The manifests of a key's versions that lie in `stage-2`, under each table it ever had.
    private func manifests(of key: ObjectKey, _ tables: [String]) -> [Manifest] {
        guard key.bucket != "stage-2", key.bucket != "lake" else { return [] }
        let rest = Manifest.rest(ofKey: key.key)
        let all = Set(tables).union((try? FilePath.names(in: stage2)) ?? [])
        return all.sorted().flatMap { table -> [Manifest] in
            let folder = "\(stage2)/\(table)/\(rest)"
            return ((try? FilePath.names(in: folder)) ?? []).compactMap { name in
                guard Sequencer(name) != nil else { return nil }
                let manifest = try? Manifest(path: "\(folder)/\(name)/\(Manifest.fileName)")
                return manifest?.source.objectKey == key ? manifest : nil
            }
        }
    }

    private var stage2: String { buckets.path(ofBucket: "stage-2") }
}

extension ManifestStory {
    init(_ manifest: Manifest, in buckets: BucketsFolder) {
        key = "stage-2/" + Manifest.key(table: manifest.table, source: manifest.source)
        format = manifest.format.type.rawValue
        delimiter = manifest.format.delimiter
        header = manifest.format.header
        columns = manifest.format.columns
        records = manifest.records
        let stage2 = buckets.path(ofBucket: "stage-2")
        chunks = manifest.chunks.map { chunk in
            Chunk(
                key: "stage-2/" + chunk.key,
                size: chunk.size,
                records: chunk.records,
                isThere: access(stage2 + "/" + chunk.key, F_OK) == 0
            )
        }
    }
}

extension VersionStory {
    /// Adds what lake and warehouse know of the version.
    mutating func add(_ facts: RowFacts?) {
        guard let facts else { return }
        let lake = facts.lake
        let commit = lake.commits.last { $0.sequencer == sequencer }
        let inLake = lake.present.first { $0.sequencer == sequencer }
        self.lake = LakeStory(
            table: lake.table,
            newest: lake.version,
            version: commit?.version,
            rows: commit?.rows,
            rejected: commit?.rejected,
            isAccepted: lake.accepted.contains(sequencer),
            present: inLake?.rows ?? 0,
            files: inLake?.files ?? [],
            problem: lake.problem
        )
        let load = facts.warehouse.loads.last { $0.sequencer == sequencer }
        warehouse = WarehouseStory(
            place: facts.warehouse.place,
            table: facts.warehouse.table,
            status: load?.status,
            loadedAt: load.map { Moment($0.at) },
            rows: load?.rows,
            rejected: load?.rejected,
            present: facts.warehouse.present.first { $0.sequencer == sequencer }?.rows ?? 0,
            problem: facts.warehouse.problem
        )
    }
}
