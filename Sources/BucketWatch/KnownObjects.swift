public import Events

/// What the receiver of a watch's events has recorded of the buckets.
///
/// Scans compare with it and tell of what differs alone: of a million objects that are as they were
/// nothing is told.
public protocol KnownObjects: Sendable {
    /// About how many objects ``readEach(_:)`` will hand over.
    func count() throws -> Int

    /// Hands over every object that was ever recorded, in the order of recording: the last thing
    /// that is said of a key counts.
    ///
    /// Called on the watch's own thread, as each scan begins.
    func readEach(_ body: (KnownState) throws -> Void) throws
}

/// What was recorded of an object.
public struct KnownState: Sendable {
    /// The bucket.
    public var bucket: String
    /// The path below the bucket.
    public var key: String
    /// What the object is now.
    public var content: Content

    /// What was recorded of a file.
    public enum Content: Sendable, Equatable {
        /// It was there, and need not be looked at while it has this stamp.
        case unchanged(FileStamp)
        /// It was there, and has to be read again.
        case uncertain
        /// It was deleted.
        case deleted
    }

    /// Puts a state together from its parts.
    public init(bucket: String, key: String, content: Content) {
        self.bucket = bucket
        self.key = key
        self.content = content
    }

    /// The object.
    public var object: ObjectKey { ObjectKey(bucket: bucket, key: key) }
}
