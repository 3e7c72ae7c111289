import BucketWatch
import Buckets
import Catalog
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import Reports
import Verification

/// Reads what lies in the buckets as plain files, for `sluice verify`.
struct FolderInventory {
    let buckets: BucketsFolder
    let config: FunctionConfig
    /// Leaves out chunks' contents, and files that are as the ledger saw them last.
    let isQuick: Bool
    /// Told now and then what is being read.
    let progress: (String) -> Void

    /// Reads everything; `known` is what the ledger knows of files, to leave out unchanged ones when
    /// quick.
    func read(known: [ObjectKey: KnownObject]) throws -> FolderFacts {
        var facts = FolderFacts()
        try readObjects(known, into: &facts)
        try readVersions(into: &facts)
        try readQuarantines(into: &facts)
        try readCatalog(into: &facts)
        return facts
    }

    // MARK: - Objects

    private func readObjects(
        _ known: [ObjectKey: KnownObject],
        into facts: inout FolderFacts
    ) throws {
        for bucket in Set(sources.map(\.bucket)).sorted() {
            try walk(buckets.path(ofBucket: bucket), below: "") { key, stamp in
                let object = ObjectKey(bucket: bucket, key: key)
                guard isWanted(object) else { return }
                progress("\(bucket): \(facts.objects.count) objects")
                facts.objects[object] = try read(object, stamp, known[object])
            }
        }
    }

    private var sources: [Trigger.BucketSource] {
        config.triggers.compactMap { trigger in
            guard case .bucket(let source) = trigger.source else { return nil }
            return source
        }
    }

    private func isWanted(_ object: ObjectKey) -> Bool {
        guard ObjectRules.isObject(object) else { return false }
        let table = config.table(of: object)
        return sources.contains {
            $0.bucket == object.bucket && $0.matches(key: object.key, table: table)
        }
    }

    private func read(
        _ object: ObjectKey,
        _ stamp: FileStamp,
        _ known: KnownObject?
    ) throws -> FolderFacts.ObjectFile? {
        let path = buckets.path(of: object)
        let identity = FileIdentity(
            inode: stamp.inode,
            size: stamp.size,
            modifiedNanoseconds: stamp.modified,
            changedNanoseconds: stamp.changed
        )
        let isAsBefore = isQuick && known?.isUnchanged(in: identity) == true
        var file = FolderFacts.ObjectFile(
            size: stamp.size,
            eTag: nil,
            changed: stamp.changed / 1000
        )
        guard !isAsBefore else { return file }
        do {
            file.eTag = try ContentDigest.eTag(ofFile: path).eTag
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        if file.eTag != known?.version.eTag {
            let now = UTCTime.nowMicroseconds() * 1000
            file.isBeingWritten =
                OpenForWriting.isOpen(path, stamp: stamp, now: now)
                || HeldStory.hold(on: object, stamp, config, buckets, at: now) != nil
        }
        return file
    }

    // MARK: - Versions in stage-2

    private func readVersions(into facts: inout FolderFacts) throws {
        var folders: [String: [String: FileStamp]] = [:]
        try walk(buckets.path(ofBucket: "stage-2"), below: "") { key, stamp in
            let folder = FilePath.parent(of: key)
            guard Sequencer(FilePath.name(of: folder)) != nil else { return }
            folders[folder, default: [:]][FilePath.name(of: key)] = stamp
        }
        for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
            progress("stage-2: \(facts.manifests.count) versions")
            try readVersion(folder, files, into: &facts)
        }
    }

    private func readVersion(
        _ folder: String,
        _ files: [String: FileStamp],
        into facts: inout FolderFacts
    ) throws {
        var named: Set = [Manifest.fileName]
        let key = "\(folder)/\(Manifest.fileName)"
        let hasManifest = files[Manifest.fileName] != nil
        if hasManifest {
            do {
                let manifest = try Manifest(path: "\(buckets.path(ofBucket: "stage-2"))/\(key)")
                let chunks = try manifest.chunks.flatMap { try read($0, folder, files, &named) }
                facts.manifests.append(
                    FolderFacts.StagedVersion(key: key, manifest: manifest, chunks: chunks)
                )
            } catch let error as ManifestError {
                facts.unreadableManifests.append(.init(key: key, problem: error.detail))
                return
            } catch let error as BucketsError where error.isMissing {
                return
            }
        }
        guard let sequencer = Sequencer(FilePath.name(of: folder)) else { return }
        for name in files.keys.sorted() where !named.contains(name) {
            facts.strayChunks.append(
                FolderFacts.StrayChunk(
                    key: "\(folder)/\(name)",
                    sequencer: sequencer,
                    hasManifest: hasManifest
                )
            )
        }
    }

    private func read(
        _ chunk: Manifest.Chunk,
        _ folder: String,
        _ files: [String: FileStamp],
        _ named: inout Set<String>
    ) throws -> [FolderFacts.ChunkFile] {
        var read = [
            FolderFacts.ChunkFile(
                key: chunk.key,
                expectedSize: chunk.size,
                expectedETag: chunk.eTag,
                size: size(chunk.key, folder, files)
            )
        ]
        named.insert(FilePath.name(of: chunk.key))
        if !isQuick, read[0].size == chunk.size {
            let path = buckets.path(of: ObjectKey(bucket: "stage-2", key: chunk.key))
            do {
                read[0].eTag = try ContentDigest.eTag(ofFile: path).eTag
            } catch {
                guard error.isMissing else { throw error }
                read[0].size = nil
            }
        }
        if let lines = chunk.lines {
            named.insert(FilePath.name(of: lines))
            read.append(
                FolderFacts.ChunkFile(
                    key: lines,
                    expectedSize: nil,
                    expectedETag: nil,
                    size: size(lines, folder, files)
                )
            )
        }
        return read
    }

    /// A manifest names chunks of its own folder; whatever else it says is not there.
    private func size(_ key: String, _ folder: String, _ files: [String: FileStamp]) -> Int64? {
        FilePath.parent(of: key) == folder ? files[FilePath.name(of: key)]?.size : nil
    }

    // MARK: - Quarantine and catalog

    private func readQuarantines(into facts: inout FolderFacts) throws {
        try walk(buckets.path(ofBucket: "quarantine"), below: "") { key, _ in
            // Named SEQUENCER.FUNCTION.jsonl.
            let parts = FilePath.name(of: key).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[1].hasSuffix(".jsonl"),
                let sequencer = Sequencer(parts[0])
            else { return }
            let path = buckets.path(of: ObjectKey(bucket: "quarantine", key: key))
            guard let rows = try LineCount.count(ofFile: path) else { return }
            facts.quarantines.append(
                FolderFacts.QuarantineFile(
                    key: key,
                    folder: FilePath.parent(of: key),
                    sequencer: sequencer,
                    function: String(parts[1].dropLast(".jsonl".count)),
                    rows: rows
                )
            )
        }
    }

    private func readCatalog(into facts: inout FolderFacts) throws {
        for name in try FilePath.names(in: buckets.path(ofBucket: "catalog"))
        where name.hasSuffix(".json") && !name.hasPrefix(".") {
            let table = String(name.dropLast(".json".count))
            do {
                facts.catalog[table] = CatalogFacts(
                    entry: try TableEntry.read(table, in: buckets)
                )
            } catch let error as CatalogError {
                facts.catalog[table] = CatalogFacts(problem: error.detail)
            } catch let error as BucketsError {
                facts.catalog[table] = CatalogFacts(problem: error.description)
            }
        }
    }

    // MARK: - Folders

    /// Every regular file below a folder that is not hidden, with its path below it.
    private func walk(
        _ folder: String,
        below prefix: String,
        _ body: (String, FileStamp) throws -> Void
    ) throws {
        for name in try FilePath.names(in: folder) where !ObjectRules.isHidden(name) {
            let path = "\(folder)/\(name)"
            if let stamp = FileStamp(path: path) {
                try body(prefix + name, stamp)
            } else if isFolder(path) {
                try walk(path, below: "\(prefix)\(name)/", body)
            }
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
