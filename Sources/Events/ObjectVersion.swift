/// One content of one key: the unit that is split, loaded, refused or replaced as a whole.
public struct ObjectVersion: Hashable, Sendable, Codable {
    /// The bucket the object lies in.
    public var bucket: String
    /// The object's key, not URL-encoded.
    public var key: String
    /// The content's length in bytes.
    public var size: Int64
    /// XXH3-128 of the content, 32 hexadecimal digits.
    public var eTag: String
    /// When it arrived, relative to all others.
    public var sequencer: Sequencer

    /// Puts a version together from its parts.
    public init(bucket: String, key: String, size: Int64, eTag: String, sequencer: Sequencer) {
        self.bucket = bucket
        self.key = key
        self.size = size
        self.eTag = eTag
        self.sequencer = sequencer
    }

    /// The key that this is a version of.
    public var objectKey: ObjectKey { ObjectKey(bucket: bucket, key: key) }

    /// `bucket/key`, as it stands in the column `_source`.
    public var source: String { "\(bucket)/\(key)" }
}

/// A manifest as an object of its own in stage-2, beside the version that it describes.
public struct ManifestReference: Hashable, Sendable, Codable {
    /// The bucket of the manifest, `stage-2`.
    public var bucket: String
    /// The manifest's key.
    public var key: String
    /// The manifest's length in bytes.
    public var size: Int64
    /// XXH3-128 of the manifest.
    public var eTag: String
    /// The manifest's own sequencer; failures of single objects are reported by it.
    public var sequencer: Sequencer
    /// The stage-1 version that the manifest describes.
    public var source: ObjectVersion
    /// The replay for which the version's table is to be made anew; nil normally.
    public var replay: Sequencer?

    /// Puts a reference together from its parts.
    public init(manifest: ObjectVersion, source: ObjectVersion, replay: Sequencer? = nil) {
        self.replay = replay
        bucket = manifest.bucket
        key = manifest.key
        size = manifest.size
        eTag = manifest.eTag
        sequencer = manifest.sequencer
        self.source = source
    }

    /// The manifest as a version.
    public var manifest: ObjectVersion {
        ObjectVersion(bucket: bucket, key: key, size: size, eTag: eTag, sequencer: sequencer)
    }
}
