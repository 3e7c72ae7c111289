import Events
public import TableFacts

/// Everything that is known of an object: the facts of `sluice explain`.
public struct ObjectStory: Sendable, Encodable {
    /// What a path in the buckets is.
    public enum Kind: String, Sendable, Encodable {
        /// An object that users or functions put there.
        case object
        /// The manifest of a version in `stage-2`.
        case manifest
        /// A file of a version's folder in `stage-2`.
        case chunk
        /// A commit of a lake table.
        case commit
        /// A data file of a lake table.
        case dataFile
        /// Bad rows of a version.
        case quarantine
        /// A result that `similarity` wrote.
        case result
        /// The entry of a table in the catalog.
        case catalogEntry
    }

    /// `bucket/key`.
    public var object: String
    /// What it is.
    public var kind: Kind
    /// What it is, in a sentence, where it is no plain object.
    public var about: String?
    /// The answer to why its rows are where they are, or are not.
    public var conclusion = ""
    /// What happens next, or what to do.
    public var next: [String] = []
    /// Keys that are nearly this one, where nothing is known of this one.
    public var suggestions: [String] = []
    /// The file that is there now.
    public var file: FileStory?
    /// Why it is no object, whatever the triggers say.
    public var exclusion: String?
    /// The table that it belongs to by the settings.
    public var table: String
    /// What makes it belong there.
    public var tableReason: String
    /// What each trigger says of it.
    public var triggers: [TriggerStory] = []
    /// The functions that are paused.
    public var pauses: [PauseStory] = []
    /// The `sluice up` that runs on these buckets.
    public var daemon: DaemonStory?
    /// What else a reader should know, as that there is no ledger.
    public var notes: [String] = []
    /// Its versions, the newest first.
    public var versions: [VersionStory] = []
    /// Of a commit of a lake table: what it did.
    public var commit: CommitFacts?
    /// Of a data file of a lake table: what it holds.
    public var dataFile: DataFileFacts?
    /// Of bad rows: how many and why.
    public var quarantine: QuarantineStory?

    init(object: String, kind: Kind, table: String, tableReason: String) {
        self.object = object
        self.kind = kind
        self.table = table
        self.tableReason = tableReason
    }

    /// Whether anything at all is known of it.
    public var isKnown: Bool {
        file != nil || !versions.isEmpty || commit != nil || dataFile != nil || quarantine != nil
    }
}

/// A file as it is on the disk.
public struct FileStory: Sendable, Encodable, Equatable {
    /// `file`, or what else stands there, as `symbolic link`.
    public var kind: String
    /// Bytes.
    public var size: Int64
    /// When its content was last changed.
    public var modified: Moment
    /// XXH3-128 of its content; nil when it was not read.
    public var eTag: String?
    /// Processes that have it open for writing.
    public var writers: [OpenFile] = []
    /// The rule of its triggers that holds it back; nil where none does.
    public var hold: HeldStory?
}

/// What a trigger says of an object.
public struct TriggerStory: Sendable, Encodable, Equatable {
    /// The trigger.
    public var id: String
    /// The function that it starts.
    public var function: String
    /// Whether a new version of the object sets it off.
    public var matches: Bool
    /// Why it does not.
    public var why: String?
    /// The bucket whose objects it waits for; nil when it waits for something else.
    public var bucket: String?

    /// Whether it waits for objects of the bucket of `bucket/key`.
    func isOf(_ object: String) -> Bool {
        bucket.map { object.hasPrefix($0 + "/") } ?? false
    }
}

/// The `sluice up` that runs.
public struct DaemonStory: Sendable, Encodable, Equatable {
    /// Its process.
    public var pid: Int32
    /// Since when.
    public var since: Moment?

    /// Puts it together.
    public init(pid: Int32, since: Moment?) {
        self.pid = pid
        self.since = since
    }
}
