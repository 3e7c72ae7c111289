import FoundationEssentials

/// A data file that becomes part of a table.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#add-file-and-remove-file
public struct AddFile: Codable, Equatable, Sendable {
    /// The path as the log has it, a percent-encoded URI reference; see `filePath`.
    public let path: String
    /// The value of every partition column in the log's text form; `nil` is null.
    public let partitionValues: [String: String?]
    /// Bytes.
    public let size: Int64
    /// When the file was made, in milliseconds since 1970.
    public let modificationTime: Int64
    /// Whether rows are new; `false` when rows were only rearranged.
    public let dataChange: Bool
    /// Statistics as JSON text.
    public let stats: String?
    /// Notes about the file.
    public let tags: [String: String?]?

    /// An action as the log has it, `path` percent-encoded.
    public init(
        path: String,
        partitionValues: [String: String?],
        size: Int64,
        modificationTime: Int64,
        dataChange: Bool = true,
        stats: String? = nil,
        tags: [String: String?]? = nil
    ) {
        self.path = path
        self.partitionValues = partitionValues
        self.size = size
        self.modificationTime = modificationTime
        self.dataChange = dataChange
        self.stats = stats
        self.tags = tags
    }

    /// The path on disk: relative to the table's folder unless it begins with `/`.
    public var filePath: String { LogPath.decoded(path) }

    /// The number of rows, if the statistics tell.
    public var recordCount: Int64? {
        struct Count: Decodable { let numRecords: Int64? }
        guard let stats else { return nil }
        return (try? JSONDecoder().decode(Count.self, from: Data(stats.utf8)))?.numRecords
    }

    /// The action that takes this file out of the table.
    ///
    /// - Parameters:
    ///   - milliseconds: The present time in milliseconds since 1970.
    ///   - dataChange: `false` when the rows stay in other files of the same commit.
    /// - Returns: A tombstone with all that is known of the file.
    public func removed(at milliseconds: Int64, dataChange: Bool = true) -> RemoveFile {
        RemoveFile(
            path: path,
            deletionTimestamp: milliseconds,
            dataChange: dataChange,
            extendedFileMetadata: true,
            partitionValues: partitionValues,
            size: size
        )
    }
}

/// A data file that leaves a table; its bytes stay for readers of older versions.
public struct RemoveFile: Codable, Equatable, Sendable {
    /// The path as the log has it, percent-encoded.
    public let path: String
    /// When it left, in milliseconds since 1970.
    public let deletionTimestamp: Int64?
    /// Whether rows are gone; `false` when they were only rearranged.
    public let dataChange: Bool
    /// Whether `partitionValues` and `size` are given.
    public let extendedFileMetadata: Bool?
    /// The value of every partition column.
    public let partitionValues: [String: String?]?
    /// Bytes.
    public let size: Int64?

    /// A tombstone.
    public init(
        path: String,
        deletionTimestamp: Int64?,
        dataChange: Bool = true,
        extendedFileMetadata: Bool? = nil,
        partitionValues: [String: String?]? = nil,
        size: Int64? = nil
    ) {
        self.path = path
        self.deletionTimestamp = deletionTimestamp
        self.dataChange = dataChange
        self.extendedFileMetadata = extendedFileMetadata
        self.partitionValues = partitionValues
        self.size = size
    }

    /// The path on disk: relative to the table's folder unless it begins with `/`.
    public var filePath: String { LogPath.decoded(path) }
}

/// How far an application's writing to a table has come.
public struct Transaction: Codable, Equatable, Sendable {
    /// Names the application, or here the source of rows.
    public let appId: String
    /// A number of the application's own; the snapshot keeps the latest committed one.
    public let version: Int64
    /// When it was set, in milliseconds since 1970.
    public let lastUpdated: Int64?

    /// A transaction identifier.
    public init(appId: String, version: Int64, lastUpdated: Int64? = nil) {
        self.appId = appId
        self.version = version
        self.lastUpdated = lastUpdated
    }
}
