import Buckets
import Events
import FunctionConfig
import Verification

/// The versions of dropped files that manifests, histories and cut off work tell of.
struct DroppedVersions {
    /// One dropped file.
    struct File {
        /// Bucket and key.
        var key: ObjectKey
        /// Its versions, oldest first.
        var versions: [Version]
        /// Whether the file is gone and its rows were taken out of their table since its last version.
        var isRemoved = false
    }

    /// One version of it.
    struct Version {
        /// The version.
        var version: ObjectVersion
        /// Whether the file has these bytes now.
        var isPresent = false
        /// Whether `split` was done with it.
        var isSplit = true
    }

    /// The eTag of a version of which only a table tells that it was there.
    static let unknownETag = "unknown"

    /// Every file of which something tells.
    let files: [File]

    init(_ remains: Remains, loads: [TableContent.Load]) {
        var known: [ObjectKey: [Sequencer: ObjectVersion]] = [:]
        var removals: [ObjectKey: Sequencer] = [:]
        for staged in remains.folders.manifests {
            let source = staged.manifest.source
            guard !staged.manifest.isRemoval else {
                let other = removals[source.objectKey] ?? source.sequencer
                removals[source.objectKey] = max(other, source.sequencer)
                continue
            }
            known[source.objectKey, default: [:]][source.sequencer] = source
        }
        for load in loads {
            guard let key = ObjectKey(load.name.source), load.name.sequencer > 0,
                // What is loaded from the lake has no version of its own.
                key.bucket != "lake"
            else { continue }
            let sequencer = Sequencer(rawValue: UInt64(load.name.sequencer))
            let other = known[key]?[sequencer]
            guard other == nil || other?.eTag == Self.unknownETag else { continue }
            known[key, default: [:]][sequencer] = ObjectVersion(
                bucket: key.bucket,
                key: key.key,
                size: 0,
                eTag: load.eTag ?? Self.unknownETag,
                sequencer: sequencer
            )
        }
        let begun = Self.begun(remains.folders.strayChunks)
        let wanted = remains.folders.objects.keys.filter { Self.isSplit($0, remains.config) }
        files = Set(known.keys).union(wanted).compactMap { key in
            let versions = (known[key] ?? [:]).values.sorted { $0.sequencer < $1.sequencer }
            let folder = Manifest.folder(of: key, table: remains.config.table(of: key))
            let file = Self.file(
                key,
                versions,
                remains.folders.objects[key],
                begun: begun[folder],
                removal: removals[key]
            )
            return file.versions.isEmpty ? nil : file
        }
    }

    private static func file(
        _ key: ObjectKey,
        _ versions: [ObjectVersion],
        _ file: FolderFacts.ObjectFile?,
        begun: Sequencer?,
        removal: Sequencer?
    ) -> File {
        var found = versions.map { Version(version: $0) }
        let isEnded =
            removal ?? Sequencer(rawValue: 0) > found.last?.version.sequencer
            ?? Sequencer(rawValue: 0)
        guard let file, let eTag = file.eTag else {
            return File(key: key, versions: found, isRemoved: file == nil && isEnded)
        }
        func isOlder(than sequencer: Sequencer) -> Bool {
            file.changed <= Int64(clamping: sequencer.rawValue)
        }
        if let newest = found.indices.last {
            let version = found[newest].version
            // A sequencer is the time of arrival: what has not changed since has arrived as it is.
            let isSame =
                version.eTag == unknownETag
                ? isOlder(than: version.sequencer) : version.eTag == eTag
            // What came after its rows were taken out was dropped anew.
            if isEnded, let removal, !isOlder(than: removal) {
                return File(key: key, versions: found, isRemoved: true)
            }
            if isSame {
                found[newest].isPresent = true
                found[newest].version.eTag = eTag
                found[newest].version.size = file.size
                return File(key: key, versions: found)
            }
        }
        // A split that was cut off has left the number of the version that it was at.
        if let begun, begun > found.last?.version.sequencer ?? begun.predecessor,
            isOlder(than: begun)
        {
            let version = ObjectVersion(
                bucket: key.bucket,
                key: key.key,
                size: file.size,
                eTag: eTag,
                sequencer: begun
            )
            found.append(Version(version: version, isPresent: true, isSplit: false))
        }
        return File(key: key, versions: found)
    }

    /// The greatest number of a version's folder without a manifest, by the folder above it.
    private static func begun(_ strays: [FolderFacts.StrayChunk]) -> [String: Sequencer] {
        var begun: [String: Sequencer] = [:]
        for stray in strays where !stray.hasManifest {
            let folder = FilePath.parent(of: FilePath.parent(of: stray.key))
            begun[folder] = max(begun[folder] ?? stray.sequencer, stray.sequencer)
        }
        return begun
    }

    private static func isSplit(_ key: ObjectKey, _ config: FunctionConfig) -> Bool {
        config.triggers(for: key, eventName: "ObjectCreated:Put").contains {
            config.function(named: $0.function)?.handler == "split"
        }
    }
}

extension Sequencer {
    /// The number before this one.
    fileprivate var predecessor: Sequencer { Sequencer(rawValue: rawValue &- 1) }
}

extension Manifest {
    /// The folder in stage-2 that holds a folder for each version of a dropped file.
    fileprivate static func folder(of key: ObjectKey, table: String) -> String {
        "\(table)/\(rest(ofKey: key.key))"
    }
}
