public import Buckets
public import Events
public import HandlerRuntime

/// The versions that a crawler's event names, with the objects that announced them.
public struct StagedVersions {
    /// The manifests that could be read.
    public private(set) var manifests: [Manifest] = []
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
                manifests.append(manifest)
                identifiers[manifest.source] = object.sequencer.description
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
