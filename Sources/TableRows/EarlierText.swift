public import Buckets
public import Events
public import FunctionConfig
import Glibc
public import HandlerRuntime

/// The text of versions that are part of a table already, or were.
public struct EarlierText {
    private let settings: TableSettings
    private let context: HandlerContext
    private let need: Need

    /// What the text is read again for.
    public enum Need: Sendable {
        /// These columns became wider.
        case wider([String])
        /// Rows that had given way to those of these files come back.
        case rowsBack([String])
        /// A person wants the table to be made anew, whatever that takes.
        case replay
    }

    /// Says what the text is needed for.
    public init(settings: TableSettings, context: HandlerContext, for need: Need) {
        self.settings = settings
        self.context = context
        self.need = need
    }

    /// The manifests of versions; chunks that were purged are made again from the stage-1 object.
    ///
    /// - Throws: `VersionRefusal` of type `TextGone` or `RewriteLimit`, which concerns the versions
    ///   for which the text is needed.
    public func manifests(of versions: [VersionHistory.Version]) throws -> [Manifest] {
        let manifests = try versions.map { try manifest(of: $0) }
        let size = manifests.reduce(0) { $0 + $1.size }
        if let limit, size > limit { throw tooMuch(size, limit) }
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

    /// How much may be read; nil for any amount.
    private var limit: Int64? {
        if case .replay = need { nil } else { settings.rewriteLimit }
    }

    private func tooMuch(_ size: Int64, _ limit: Int64) -> VersionRefusal {
        let limit = "more than `rewriteLimit` (\(limit)) allows"
        return switch need {
        case .wider(let columns):
            refusal(
                "RewriteLimit",
                "\(columns.joined(separator: ", ")) cannot hold what the new version has; to widen "
                    + "it, \(size) bytes of text would be read again, \(limit). Name the column "
                    + "with the type you want in tables.\(settings.name).columns, or raise "
                    + "rewriteLimit, then `sluice redrive`"
            )
        case .rowsBack, .replay:
            refusal(
                "RewriteLimit",
                "to bring back what had given way to others, \(size) "
                    + "bytes of text would be read again, \(limit). Raise "
                    + "tables.\(settings.name).rewriteLimit, then `sluice redrive`"
            )
        }
    }

    private func gone(_ source: String) -> VersionRefusal {
        let place = "the text of \(source) is gone from stage-1 and stage-2"
        return switch need {
        case .wider(let columns):
            refusal(
                "TextGone",
                "\(columns.joined(separator: ", ")) cannot hold what the new version has, and "
                    + "\(place), while its rows are in the table. Drop \(source) again, then "
                    + "`sluice redrive`"
            )
        case .replay:
            refusal(
                "TextGone",
                "the table cannot be made anew, since \(place), while its rows are in the table. "
                    + "Drop the same bytes as \(source) again, or `sluice retract \(source)`, then "
                    + "`sluice redrive`"
            )
        case .rowsBack(let sources):
            refusal(
                "TextGone",
                "rows may come back that had given way to \(sources.joined(separator: ", ")), and "
                    + "\(place). Drop the same bytes as \(source) again, then `sluice redrive`"
            )
        }
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
