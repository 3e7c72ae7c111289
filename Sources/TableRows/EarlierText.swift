public import Buckets
public import Events
public import FunctionConfig
import Glibc
public import HandlerRuntime

/// The text of versions that are part of a table already, for columns that become wider.
public struct EarlierText {
    private let settings: TableSettings
    private let context: HandlerContext
    private let changed: String

    /// Names the columns whose values must be read again.
    public init(settings: TableSettings, context: HandlerContext, changed: [String]) {
        self.settings = settings
        self.context = context
        self.changed = changed.joined(separator: ", ")
    }

    /// The manifests of versions; chunks that were purged are made again from the stage-1 object.
    ///
    /// - Throws: `VersionRefusal` of type `TextGone` or `RewriteLimit`, which concerns the new
    ///   versions that made the columns wider.
    public func manifests(of versions: [VersionHistory.Version]) throws -> [Manifest] {
        let manifests = try versions.map { try manifest(of: $0) }
        let size = manifests.reduce(0) { $0 + $1.size }
        guard size <= settings.rewriteLimit else {
            throw refusal(
                "RewriteLimit",
                "\(changed) cannot hold what the new version has; to widen it, \(size) bytes of text "
                    + "would be read again, more than `rewriteLimit` (\(settings.rewriteLimit)) "
                    + "allows. Name the column with the type you want in "
                    + "tables.\(settings.name).columns, or raise rewriteLimit, then `sluice redrive`"
            )
        }
        // All are looked at before the first is restored, which may take long.
        let missing = manifests.filter { !$0.chunks.allSatisfy(isThere) }
        for manifest in missing where !isInStage1(manifest.source) {
            throw gone(manifest.source.source)
        }
        for manifest in missing {
            let isBack = try RestoredText.restore(manifest, context: context)
            guard isBack, manifest.chunks.allSatisfy(isThere) else {
                throw gone(manifest.source.source)
            }
        }
        return manifests
    }

    /// Whether the stage-1 object still has the bytes of a version.
    private func isInStage1(_ version: ObjectVersion) -> Bool {
        let path = context.buckets.path(of: version.objectKey)
        var information = stat()
        guard stat(path, &information) == 0, Int64(information.st_size) == version.size else {
            return false
        }
        return (try? ContentDigest.eTag(ofFile: path).eTag) == version.eTag
    }

    private func isThere(_ chunk: Manifest.Chunk) -> Bool {
        let path = context.buckets.path(of: ObjectKey(bucket: "stage-2", key: chunk.key))
        return access(path, F_OK) == 0
    }

    /// The stage-1 version by its name; size and eTag are in its manifest alone.
    public static func object(of version: VersionHistory.Version) -> ObjectVersion? {
        guard let object = ObjectKey(version.source) else { return nil }
        return ObjectVersion(
            bucket: object.bucket,
            key: object.key,
            size: 0,
            eTag: "",
            sequencer: Sequencer(rawValue: UInt64(version.sequencer))
        )
    }

    private func manifest(of version: VersionHistory.Version) throws -> Manifest {
        guard let object = Self.object(of: version) else { throw gone(version.source) }
        let key = Manifest.key(table: settings.name, source: object)
        do {
            return try Manifest(
                path: context.buckets.path(of: ObjectKey(bucket: "stage-2", key: key))
            )
        } catch let error as BucketsError where error.isMissing {
            throw gone(version.source)
        }
    }

    private func gone(_ source: String) -> VersionRefusal {
        refusal(
            "TextGone",
            "\(changed) cannot hold what the new version has, and the text of \(source), which "
                + "is in the table, is gone from stage-1 and stage-2. Drop \(source) again, then "
                + "`sluice redrive`"
        )
    }

    private func refusal(_ type: String, _ message: String) -> VersionRefusal {
        VersionRefusal(
            source: ObjectVersion(
                bucket: "",
                key: "",
                size: 0,
                eTag: "",
                sequencer: Sequencer(rawValue: 0)
            ),
            type: type,
            message: message
        )
    }
}
