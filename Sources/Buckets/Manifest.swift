public import Events
import FoundationEssentials

/// What `split` says of one object version: the last file of its folder in stage-2.
public struct Manifest: Sendable, Codable, Equatable {
    /// `_manifest.json`.
    public static let fileName = "_manifest.json"

    /// The stage-1 version.
    public var source: ObjectVersion
    /// The table that the version belongs to.
    public var table: String
    /// How its records are written.
    public var format: RecordFormat
    /// Its parts, in the order of the records.
    public var chunks: [Chunk]
    /// True for the version that ends its key: no rows of an older one are in the table.
    private var removed: Bool?

    /// Puts a manifest together.
    public init(source: ObjectVersion, table: String, format: RecordFormat, chunks: [Chunk]) {
        self.source = source
        self.table = table
        self.format = format
        self.chunks = chunks
    }

    /// The manifest of a version that ends its key; `source` has the sequencer of the removal and
    /// neither bytes nor an eTag.
    public init(removalOf source: ObjectVersion, table: String) {
        self.init(source: source, table: table, format: RecordFormat(type: .csv), chunks: [])
        self.source.size = 0
        self.source.eTag = ""
        removed = true
    }

    /// Whether the version ends its key.
    public var isRemoval: Bool { removed == true }

    /// A part of a version: whole records, a file of its own that can be read by itself.
    public struct Chunk: Sendable, Codable, Equatable {
        /// The chunk's key in stage-2.
        public var key: String
        /// Its length in bytes.
        public var size: Int64
        /// XXH3-128 of its bytes.
        public var eTag: String
        /// How many data records it holds; blank lines and the header are none.
        public var records: Int
        /// The physical line in the unpacked stage-1 object of the first line after the header.
        public var firstLine: Int
        /// The number of its first data record within the version, from 1.
        public var firstRecord: Int
        /// The fields of its records together; nil for JSON, and if the quotes of a record are not
        /// as they should be (text behind a closing quote, or none that closes).
        ///
        /// A reader that finds no record with too few fields has here, by `cells == records * fields`,
        /// the proof that none has too many.
        public var cells: Int?
        /// The key of a file with the physical line of each record, where lines do not correspond.
        public var lines: String?

        /// Puts a chunk together.
        public init(
            key: String,
            size: Int64,
            eTag: String,
            records: Int,
            firstLine: Int,
            firstRecord: Int,
            cells: Int? = nil,
            lines: String? = nil
        ) {
            self.key = key
            self.size = size
            self.eTag = eTag
            self.records = records
            self.firstLine = firstLine
            self.firstRecord = firstRecord
            self.cells = cells
            self.lines = lines
        }
    }

    /// All data records of the version.
    public var records: Int { chunks.reduce(0) { $0 + $1.records } }

    /// The chunks' bytes.
    public var size: Int64 { chunks.reduce(0) { $0 + $1.size } }

    /// The folder of a version in stage-2, as a key without a trailing slash.
    ///
    /// `rest` is the stage-1 key below its table, see ``rest(ofKey:)``.
    public static func folderKey(table: String, rest: String, sequencer: Sequencer) -> String {
        "\(table)/\(rest)/\(sequencer)"
    }

    /// A stage-1 key without its first folder; a key without a folder whole.
    public static func rest(ofKey key: String) -> String {
        guard let slash = key.firstIndex(of: "/") else { return key }
        return String(key[key.index(after: slash)...])
    }

    /// The key of the manifest of a version in stage-2.
    public static func key(table: String, source: ObjectVersion) -> String {
        folderKey(table: table, rest: rest(ofKey: source.key), sequencer: source.sequencer) + "/"
            + fileName
    }

    /// Reads a manifest.
    ///
    /// - Throws: `BucketsError` when the file cannot be read, `ManifestError` when it is no manifest.
    public init(path: String) throws {
        let content = try FilePath.read(path)
        do {
            self = try JSONDecoder().decode(Manifest.self, from: Data(content))
        } catch let error as DecodingError {
            throw ManifestError(path: path, detail: error.plainDescription)
        }
    }

    /// Writes the manifest; the folder must exist.
    public func write(to path: String) throws {
        try AtomicFile.write(try JSONText.encodePretty(self), to: path)
    }
}

/// Why a file in stage-2 is no manifest.
public struct ManifestError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let detail: String

    /// One line for a terminal or a log.
    public var description: String { "\(path) is not a manifest that split wrote: \(detail)" }
}

/// How a version's records are written in its chunks.
public struct RecordFormat: Sendable, Codable, Equatable {
    /// The kinds of text that are read.
    public enum Kind: String, Sendable, Codable {
        /// Delimited text with quotes as in RFC 4180.
        case csv
        /// One JSON value on a line.
        case json
    }

    /// `csv` or `json`.
    public var type: Kind
    /// What separates fields; nil for JSON.
    public var delimiter: String?
    /// Whether each chunk begins with the header; nil for JSON.
    public var header: Bool?
    /// The header's cells as they are; nil without a header.
    public var columns: [String]?
    /// The number of fields a record must have; nil for JSON and for an empty file.
    public var fields: Int?

    /// JSON lines.
    public static let json = RecordFormat(type: .json)

    /// Puts a format together.
    public init(
        type: Kind,
        delimiter: String? = nil,
        header: Bool? = nil,
        columns: [String]? = nil,
        fields: Int? = nil
    ) {
        self.type = type
        self.delimiter = delimiter
        self.header = header
        self.columns = columns
        self.fields = fields
    }
}
