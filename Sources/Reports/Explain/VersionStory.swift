public import Events
import Ledger
import TableFacts

/// One version of an object, and what was made of it.
public struct VersionStory: Sendable, Encodable {
    /// Its place in the order of arrival.
    public var sequencer: Sequencer
    /// XXH3-128 of its content.
    public var eTag: String
    /// Bytes.
    public var size: Int64
    /// Its table, as it was when it was recorded.
    public var table: String
    /// `event` or `scan`; nil when no ledger tells.
    public var noticedBy: String?
    /// When it was recorded.
    public var noticedAt: Moment?
    /// When the file was found to be deleted.
    public var deletedAt: Moment?
    /// When its chunks were removed.
    public var purgedAt: Moment?
    /// When what was done with it was forgotten.
    public var prunedAt: Moment?
    /// The run that wrote it, where a function did.
    public var writtenBy: OriginStory?
    /// What was done or is to be done, in its order.
    public var steps: [StepStory] = []
    /// What `split` found in it.
    public var manifest: ManifestStory?
    /// Its rows in the lake.
    public var lake: LakeStory?
    /// Its rows in the warehouse.
    public var warehouse: WarehouseStory?
    /// Its bad rows, by the function that found them.
    public var quarantine: [QuarantineStory] = []
    /// What ended the file, where this is no content but the end of all before it: `deletion`,
    /// `person`, or `unknown` where no ledger tells.
    public var removal: String?
    /// The removal that took its rows out.
    public var endedBy: Sequencer?
    /// The version whose rows have taken the place of its own.
    public var replacedBy: Sequencer?
    /// Where it stands, in a few words.
    public var status = ""

    init(_ version: ObjectVersion, table: String) {
        sequencer = version.sequencer
        eTag = version.eTag
        size = version.size
        self.table = table
    }

    /// The steps that are not settled.
    var open: [StepStory] { steps.filter { !$0.state.isSettled } }

    /// The steps that were given up.
    var dead: [StepStory] { steps.filter { $0.state == .dead } }
}

/// Where an object that a function wrote comes from.
public struct OriginStory: Sendable, Encodable, Equatable {
    /// The run.
    public var requestID: String
    /// Its function.
    public var function: String
    /// The objects that the run was given, the first few.
    public var objects: [String]
    /// How many there were.
    public var count: Int
}

/// What `split` found in a version.
public struct ManifestStory: Sendable, Encodable, Equatable {
    /// A part of the version.
    public struct Chunk: Sendable, Encodable, Equatable {
        /// Its key in `stage-2`.
        public var key: String
        /// Bytes.
        public var size: Int64
        /// Data records.
        public var records: Int
        /// Whether the file is still there.
        public var isThere: Bool
    }

    /// The manifest's key in `stage-2`.
    public var key: String
    /// `csv` or `json`.
    public var format: String
    /// What separates fields.
    public var delimiter: String?
    /// Whether the first record is a header.
    public var header: Bool?
    /// The header's cells.
    public var columns: [String]?
    /// Data records of all chunks.
    public var records: Int
    /// The parts.
    public var chunks: [Chunk]
}

/// The rows of a version in its lake table.
public struct LakeStory: Sendable, Encodable, Equatable {
    /// The table.
    public var table: String
    /// The table's newest version.
    public var newest: Int64?
    /// The version of the table that this version's commit made.
    public var version: Int64?
    /// Rows that the commit brought.
    public var rows: Int64?
    /// Records that the commit rejected.
    public var rejected: Int64?
    /// Whether the table counts this version as part of it.
    public var isAccepted: Bool
    /// Its rows that are in the table now.
    public var present: Int64
    /// The data files that hold them.
    public var files: [String]
    /// Why something of this is not known.
    public var problem: String?
}

/// The rows of a version in the warehouse.
public struct WarehouseStory: Sendable, Encodable, Equatable {
    /// The file, or the server.
    public var place: String
    /// The table.
    public var table: String
    /// `loaded` or `replaced`, from the load history.
    public var status: String?
    /// When it was loaded.
    public var loadedAt: Moment?
    /// Rows that the load brought.
    public var rows: Int64?
    /// Records that the load rejected.
    public var rejected: Int64?
    /// Its rows that are in the table now.
    public var present: Int64
    /// Why something of this is not known.
    public var problem: String?
}
