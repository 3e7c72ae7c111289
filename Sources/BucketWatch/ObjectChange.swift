public import Events

/// Something that happened to one object, or may have: changes repeat, and a change only says
/// that the object is to be looked at.
public struct ObjectChange: Sendable, Equatable {
    /// What happened.
    public enum Kind: String, Sendable {
        /// The object is there, complete, with new or possibly new content.
        case created
        /// The object is no longer there under this key.
        case removed
        /// The file is there and is not taken yet; the change's `hold` says why. `created`,
        /// `removed` or `held` for another reason follows, however long that takes.
        case held
    }

    /// How it was noticed.
    public enum Evidence: String, Sendable {
        /// A writer closed the file.
        case closeWrite
        /// The file was renamed into its place.
        case movedTo
        /// The file was hard-linked into its place.
        case linked
        /// A scan found the file, or did not find it where it was recorded.
        case scan
        /// The file was unlinked; only with `removed`.
        case deleted
        /// The file was renamed away; only with `removed`.
        case movedFrom
    }

    /// The object.
    public var key: ObjectKey
    /// What happened to it.
    public var kind: Kind
    /// How it was noticed.
    public var evidence: Evidence
    /// The file as it was when the change was noticed; nil when it was removed.
    public var stamp: FileStamp?
    /// Why it is held back; nil unless it is.
    public var hold: Hold?
    /// What let it go; nil unless it was created.
    public var settled: Settled?

    /// Puts a change together from its parts.
    public init(
        key: ObjectKey,
        kind: Kind,
        evidence: Evidence,
        stamp: FileStamp?,
        hold: Hold? = nil,
        settled: Settled? = nil
    ) {
        self.key = key
        self.kind = kind
        self.evidence = evidence
        self.stamp = stamp
        self.hold = hold
        self.settled = settled
    }
}
