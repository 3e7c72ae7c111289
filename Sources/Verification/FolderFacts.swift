public import Buckets
public import Events

/// What lies in the buckets as plain files: dropped objects, chunks, quarantine, catalog.
public struct FolderFacts: Sendable, Equatable {
    /// Every file that some trigger wants to know of.
    public var objects: [ObjectKey: ObjectFile] = [:]
    /// Every manifest that can be read.
    public var manifests: [StagedVersion] = []
    /// Manifests that cannot be read.
    public var unreadableManifests: [UnreadableFile] = []
    /// Files of version folders that no manifest names.
    public var strayChunks: [StrayChunk] = []
    /// Files of bad rows.
    public var quarantines: [QuarantineFile] = []
    /// The catalog by table.
    public var catalog: [String: CatalogFacts] = [:]

    /// Empty buckets.
    public init() {}

    /// A file that some trigger wants to know of.
    public struct ObjectFile: Sendable, Equatable {
        /// Bytes.
        public var size: Int64
        /// XXH3-128 of the content; nil where the file is known to be unchanged, or was not read.
        public var eTag: String?
        /// When its content or inode last changed, in microseconds since 1970.
        public var changed: Int64
        /// Whether somebody has it open for writing.
        public var isBeingWritten: Bool

        /// Puts a file together.
        public init(size: Int64, eTag: String?, changed: Int64, isBeingWritten: Bool = false) {
            self.size = size
            self.eTag = eTag
            self.changed = changed
            self.isBeingWritten = isBeingWritten
        }
    }

    /// A version's folder in stage-2, with what its manifest names.
    public struct StagedVersion: Sendable, Equatable {
        /// The manifest's key in stage-2.
        public var key: String
        /// What it says.
        public var manifest: Manifest
        /// The chunks, and files with line numbers, that it names, in its order.
        public var chunks: [ChunkFile]

        /// Puts a version together.
        public init(key: String, manifest: Manifest, chunks: [ChunkFile]) {
            self.key = key
            self.manifest = manifest
            self.chunks = chunks
        }

        /// The version's name.
        public var name: VersionName { VersionName(manifest.source) }
    }

    /// A chunk as its manifest says it is, and as it is.
    public struct ChunkFile: Sendable, Equatable {
        /// The key in stage-2.
        public var key: String
        /// Bytes, by the manifest; nil for line numbers, of which it says nothing more.
        public var expectedSize: Int64?
        /// XXH3-128, by the manifest.
        public var expectedETag: String?
        /// Bytes; nil where there is no file.
        public var size: Int64?
        /// XXH3-128; nil where there is no file or it was not read.
        public var eTag: String?

        /// Puts a chunk together.
        public init(key: String, expectedSize: Int64?, expectedETag: String?, size: Int64?) {
            self.key = key
            self.expectedSize = expectedSize
            self.expectedETag = expectedETag
            self.size = size
        }
    }

    /// A file that cannot be read as what it should be.
    public struct UnreadableFile: Sendable, Equatable {
        /// The key in stage-2.
        public var key: String
        /// Why.
        public var problem: String

        /// Puts a file and a reason together.
        public init(key: String, problem: String) {
            self.key = key
            self.problem = problem
        }
    }

    /// A file of a version's folder that its manifest does not name.
    public struct StrayChunk: Sendable, Equatable {
        /// The key in stage-2.
        public var key: String
        /// The version's sequencer, from the folder's name.
        public var sequencer: Sequencer
        /// Whether the folder has a manifest at all.
        public var hasManifest: Bool

        /// Puts a file together.
        public init(key: String, sequencer: Sequencer, hasManifest: Bool) {
            self.key = key
            self.sequencer = sequencer
            self.hasManifest = hasManifest
        }
    }

    /// The bad rows of one version, as one function found them.
    public struct QuarantineFile: Sendable, Equatable {
        /// The key in bucket `quarantine`.
        public var key: String
        /// The folder of the file: the table and the rest of the dropped file's key.
        public var folder: String
        /// The version's sequencer.
        public var sequencer: Sequencer
        /// The function.
        public var function: String
        /// How many rows.
        public var rows: Int64

        /// Puts a file together.
        public init(
            key: String,
            folder: String,
            sequencer: Sequencer,
            function: String,
            rows: Int64
        ) {
            self.key = key
            self.folder = folder
            self.sequencer = sequencer
            self.function = function
            self.rows = rows
        }
    }
}
