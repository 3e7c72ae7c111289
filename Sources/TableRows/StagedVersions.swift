public import Buckets
public import Events
public import HandlerRuntime

/// The versions that a crawler's event names, with the objects that announced them.
public struct StagedVersions {
    /// The manifests that could be read, of versions that no removal has ended.
    public private(set) var manifests: [Manifest] = []
    /// The removals.
    public private(set) var removals: [Manifest] = []
    /// Versions of files that were removed later.
    public private(set) var ended: [Manifest] = []
    /// The replay for which the table is to be made anew; nil normally.
    public private(set) var replay: Int64?
    /// The versions that ask for it.
    public private(set) var replayed: [Manifest] = []
    /// The failures of those that could not.
    public private(set) var failures: [BatchItemFailure] = []
    private var identifiers: [ObjectVersion: String] = [:]

    /// Reads the manifests of an event.
    ///
    /// - Throws: `HandlerError` of kind `notNow`; other failures are the manifests' own.
    public init(
        _ objects: [ManifestReference],
        in buckets: BucketsFolder
    ) throws(HandlerError) {
        for object in objects {
            do {
                let manifest = try Manifest(path: buckets.path(of: object.manifest.objectKey))
                if manifest.isRemoval {
                    removals.append(manifest)
                } else if try Self.isEnded(manifest, in: buckets) {
                    ended.append(manifest)
                } else {
                    manifests.append(manifest)
                }
                identifiers[manifest.source] = object.sequencer.description
                if let number = object.replay?.column {
                    replay = max(replay ?? 0, number)
                    replayed.append(manifest)
                }
            } catch {
                let error = HandlerError(error)
                if error.kind == .notNow { throw error }
                failures.append(
                    BatchItemFailure(
                        itemIdentifier: object.sequencer.description,
                        errorType: error.type,
                        errorMessage: error.message,
                        retry: error.kind != .input
                    )
                )
            }
        }
    }

    /// Whether stage-2 has a later removal of the file.
    ///
    /// A removal that came first leaves nothing in a table that is not there yet.
    private static func isEnded(
        _ manifest: Manifest,
        in buckets: BucketsFolder
    ) throws(BucketsError) -> Bool {
        try Manifest.versions(
            of: manifest.source.objectKey,
            table: manifest.table,
            in: buckets,
            after: manifest.source.sequencer
        ).contains { $0.isRemoval }
    }

    /// A refusal as the answer reports it: by the manifest's own sequencer, and for good.
    public func failure(_ refusal: VersionRefusal) -> BatchItemFailure {
        BatchItemFailure(
            itemIdentifier: identifiers[refusal.source] ?? refusal.source.sequencer.description,
            errorType: refusal.type,
            errorMessage: refusal.message,
            retry: false
        )
    }
}
