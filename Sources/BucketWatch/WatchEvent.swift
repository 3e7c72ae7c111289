public import Events

/// What a ``BucketWatch`` tells, in the order in which it noticed it.
public enum WatchEvent: Sendable, Equatable {
    /// Objects that changed; at least one, each key at most once. Those of one scan come in the
    /// order of modification time, then key.
    case changes([ObjectChange])
    /// A folder was deleted, or moved to another place or name: objects below it may be gone.
    ///
    /// The key is the folder's path, empty for a whole bucket, without a slash at its end. Objects
    /// that it still holds elsewhere in the buckets follow as `created`.
    case folderGone(ObjectKey)
    /// A file or folder whose name cannot be a key; it is left alone.
    case refused(RefusedName)
    /// A scan begins. What it finds follows, as far as it is not as the receiver recorded it, and
    /// what was recorded and is gone.
    case scanStarted(ScanReason)
    /// A scan is over; everything it found was sent before.
    case scanFinished(ScanReason)
    /// The file that was to be watched beside the buckets was written, replaced or removed.
    case noticed(String)
    /// The answer to ``BucketWatch/settle()``: what was on disk when it was called was sent before.
    case settled(SettleTicket)
    /// What keeps changes from being noticed at once: sentences for the user that say what is scanned
    /// at intervals instead, and name the remedy where there is one. Sent whenever that changes;
    /// empty when all is well again.
    case notices([String])
}

/// Why a scan is made.
public enum ScanReason: String, Sendable {
    /// The watch begins.
    case start
    /// The kernel's queue ran over and events were lost.
    case overflow
    /// Somebody asked, through ``BucketWatch/rescan()``.
    case request
    /// Of some folders not every change is told, see ``WatchEvent/notices(_:)``; only they are
    /// scanned.
    case interval
}

/// Tells one call of ``BucketWatch/settle()`` from another.
public struct SettleTicket: Sendable, Hashable {
    let number: UInt64
}

/// A name that cannot be part of a key.
public struct RefusedName: Sendable, Hashable {
    /// `bucket/folder/name`, with everything that is not printable as `\xNN`.
    public var path: String
    /// What is wrong with the name, as a clause: `the name is not UTF-8`.
    public var reason: String

    /// Puts a refusal together from its parts.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
