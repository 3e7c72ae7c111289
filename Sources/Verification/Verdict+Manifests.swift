import Buckets
import Events
import FunctionConfig

// Every version that counts has its manifest and its chunks, as `split` wrote them.
extension Verdict {
    /// Looks at version folders: what is missing, what differs, what nobody names.
    mutating func judgeManifests() {
        for file in inventory.folders.unreadableManifests { report(file) }
        let missing = judgeMissingManifests()
        for version in inventory.folders.manifests where counts(version.name) {
            judgeChunks(of: version)
        }
        judgeStrayChunks(besides: missing)
        judgeDeliveries()
    }

    private mutating func report(_ file: FolderFacts.UnreadableFile) {
        let recorded = inventory.ledger.newest[ObjectKey(bucket: "stage-2", key: file.key)]
        if let recorded, isMoving(recorded.source.source) { return }
        let folder = FilePath.parent(of: file.key)
        find(
            .unreadableManifest,
            .stage2,
            table: recorded?.table,
            recorded?.source,
            file: "stage-2/\(file.key)",
            expected: "a manifest",
            found: file.problem,
            remedy: recorded.map { remedies.splitAgain($0.source, folder: folder) }
                ?? "put it back from a backup"
        )
    }

    /// Finds manifests that were recorded and are gone, and those of split versions that never came.
    private mutating func judgeMissingManifests() -> Set<String> {
        let unreadable = Set(inventory.folders.unreadableManifests.map(\.key))
        var missing: [String: (name: VersionName, table: String)] = [:]
        for (name, manifest) in inventory.ledger.manifests
        where staged[name] == nil && !manifest.isDeleted && counts(name) {
            missing[manifest.version.key] = (name, manifest.table)
        }
        let splitters = Set(wiring.functions("split"))
        for object in inventory.ledger.newest.values
        where object.version.source == object.source.source {
            let isSplit = object.deliveries.contains {
                splitters.contains($0.function) && $0.state == .done
            }
            guard isSplit, !isMoving(object.source.source), !hasManifest(object.version) else {
                continue
            }
            let key = Manifest.key(table: object.table, source: object.version)
            missing[key] = (object.source, object.table)
        }
        for (key, version) in missing
        where !unreadable.contains(key) && !isMoving(version.name.source) {
            find(
                .missingManifest,
                .stage2,
                table: version.table,
                version.name,
                file: "stage-2/\(key)",
                expected: "the manifest of the version",
                found: "no file",
                remedy: isRemoval(version.name)
                    ? remedies.retract(version.name)
                    : remedies.splitAgain(version.name, folder: FilePath.parent(of: key))
            )
        }
        return Set(missing.keys)
    }

    /// Whether some manifest describes these bytes, of this version or one made by hand later.
    private func hasManifest(_ version: ObjectVersion) -> Bool {
        if staged[VersionName(version)] != nil { return true }
        return stagedBySource[version.source]?.contains {
            $0.manifest.source.eTag == version.eTag
                && $0.manifest.source.sequencer > version.sequencer
        } ?? false
    }

    /// Whether the text of a version may be needed again: some table has it, or no newer one is there.
    func counts(_ name: VersionName) -> Bool {
        let table = staged[name]?.manifest.table ?? inventory.ledger.manifests[name]?.table ?? ""
        for store in [Finding.Store.lake, .warehouse]
        where contributors(of: table, in: store).contains(name) { return true }
        return stagedBySource[name.source]?.allSatisfy { $0.name.sequencer <= name.sequencer }
            ?? true
    }

    private mutating func judgeChunks(of version: FolderFacts.StagedVersion) {
        let table = version.manifest.table
        guard !isMoving(version.name.source) else { return }
        let recorded = inventory.ledger.manifests[version.name]
        let isDone = recorded?.deliveries.allSatisfy { $0.state == .done } == true
        let mayBePurged = recorded?.isPurged == true || (settings(table).purgesChunks && isDone)
        for chunk in version.chunks {
            guard let size = chunk.size else {
                if mayBePurged { continue }
                report(chunk, .missingChunk, version, "no file")
                continue
            }
            report.checked.chunks += 1
            if let expected = chunk.expectedSize, expected != size {
                report(chunk, .chunkDiffers, version, "\(size) bytes")
            } else if let eTag = chunk.eTag, let expected = chunk.expectedETag, eTag != expected {
                report(chunk, .chunkDiffers, version, "other bytes (\(eTag))")
            }
        }
    }

    private mutating func report(
        _ chunk: FolderFacts.ChunkFile,
        _ code: FindingCode,
        _ version: FolderFacts.StagedVersion,
        _ found: String
    ) {
        find(
            code,
            .stage2,
            table: version.manifest.table,
            version.name,
            file: "stage-2/\(chunk.key)",
            expected: chunk.expectedSize.map { size in
                "\(size) bytes (\(chunk.expectedETag ?? "")), as its manifest says"
            } ?? "the file that its manifest names",
            found: found,
            remedy: remedies.splitAgain(
                version.name,
                folder: FilePath.parent(of: version.key)
            )
        )
    }

    private mutating func judgeStrayChunks(besides missing: Set<String>) {
        let folders = Dictionary(grouping: inventory.folders.strayChunks) {
            FilePath.parent(of: $0.key)
        }
        let moving = Set(
            inventory.ledger.open.map(\.table) + inventory.ledger.movingTables.sorted()
        )
        for (folder, chunks) in folders {
            let table = String(folder.prefix { $0 != "/" })
            guard !moving.contains(table), let first = chunks.first,
                !missing.contains("\(folder)/\(Manifest.fileName)")
            else { continue }
            find(
                .orphanedChunk,
                .stage2,
                table: table,
                file: first.hasManifest && chunks.count == 1
                    ? "stage-2/\(first.key)" : "stage-2/\(folder)",
                expected: first.hasManifest ? "only what the manifest names" : "a manifest",
                found: counted(Int64(chunks.count), "other file"),
                remedy: first.hasManifest
                    ? "nothing reads them: `rm "
                        + chunks.map { remedies.path("stage-2/\($0.key)") }.joined(separator: " ")
                        + "`"
                    : remedies.removeFolder("stage-2/\(folder)")
            )
        }
    }
}
