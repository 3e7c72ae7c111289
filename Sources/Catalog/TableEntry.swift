public import Buckets
import Events
import FoundationEssentials

/// A table's catalog entry, `catalog/<table>.json`: Glue's GetTable with its versions beside it.
///
/// Source: AWS Glue API, `GetTable` and `GetTableVersions`.
public struct TableEntry: Sendable, Equatable, Codable {
    /// The table as it is now.
    public var table: Table
    /// Every version, the oldest first, with what changed in it.
    public var versions: [Version]

    private enum CodingKeys: String, CodingKey {
        case table = "Table"
        case versions = "Versions"
    }

    /// Glue's `Table`.
    public struct Table: Sendable, Equatable, Codable {
        /// The table's name.
        public var name: String
        /// `sluice`.
        public var databaseName = "sluice"
        /// When the entry was made, ISO 8601 in UTC.
        public var createTime: String
        /// When it last changed, ISO 8601 in UTC.
        public var updateTime: String
        /// `EXTERNAL_TABLE`.
        public var tableType = "EXTERNAL_TABLE"
        /// The columns that come from `key=value` folders in paths.
        public var partitionKeys: [Column]
        /// The columns in files, and where these lie.
        public var storageDescriptor: StorageDescriptor
        /// `classification` and other facts.
        public var parameters: [String: String]
        /// The number of the version, as text.
        public var versionID: String

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case databaseName = "DatabaseName"
            case createTime = "CreateTime"
            case updateTime = "UpdateTime"
            case tableType = "TableType"
            case partitionKeys = "PartitionKeys"
            case storageDescriptor = "StorageDescriptor"
            case parameters = "Parameters"
            case versionID = "VersionId"
        }
    }

    /// Glue's `StorageDescriptor`.
    public struct StorageDescriptor: Sendable, Equatable, Codable {
        /// The columns, in the order in which they were found.
        public var columns: [Column]
        /// The folder of the table's chunks, as `stage-2/<table>/`.
        public var location: String

        private enum CodingKeys: String, CodingKey {
            case columns = "Columns"
            case location = "Location"
        }
    }

    /// Glue's `Column`.
    public struct Column: Sendable, Equatable, Codable {
        /// The column's name in tables.
        public var name: String
        /// The type, in Glue's names.
        public var type: String
        /// The column's name in the first file that had it.
        public var comment: String
        /// `inferred` and `wideInteger` of an inferred column, `names` of JSON members.
        public var parameters: [String: String]

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case type = "Type"
            case comment = "Comment"
            case parameters = "Parameters"
        }
    }

    /// One version of the entry.
    public struct Version: Sendable, Equatable, Codable {
        /// The number, as text, from `1`.
        public var versionID: String
        /// When it was made, ISO 8601 in UTC.
        public var updateTime: String
        /// What changed, for a reader: `added column x bigint`.
        public var changes: [String]
        /// The columns as they were from then on.
        public var columns: [Column]

        private enum CodingKeys: String, CodingKey {
            case versionID = "VersionId"
            case updateTime = "UpdateTime"
            case changes = "Changes"
            case columns = "Columns"
        }
    }

    /// A table without columns, version 0.
    public init(name: String, time: String) {
        table = Table(
            name: name,
            createTime: time,
            updateTime: time,
            partitionKeys: [],
            storageDescriptor: StorageDescriptor(columns: [], location: "stage-2/\(name)/"),
            parameters: [:],
            versionID: "0"
        )
        versions = []
    }

    /// Reads a table's entry; nil when there is none.
    ///
    /// - Throws: `CatalogError` when the file is there and is no entry, `BucketsError` when it cannot
    ///   be read.
    public static func read(_ table: String, in buckets: BucketsFolder) throws -> TableEntry? {
        let path = buckets.catalogEntry(table)
        let content: [UInt8]
        do {
            content = try FilePath.read(path)
        } catch let error where error.isMissing {
            return nil
        }
        do {
            return try JSONDecoder().decode(TableEntry.self, from: Data(content))
        } catch let error as DecodingError {
            throw CatalogError(path: path, detail: error.plainDescription)
        }
    }

    /// Replaces the table's entry; readers see the old one or the new one.
    public func write(in buckets: BucketsFolder) throws {
        try AtomicFile.write(try JSONText.encodePretty(self), to: buckets.catalogEntry(table.name))
    }
}

/// Why a file of the catalog is no table's entry.
public struct CatalogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let detail: String

    /// One line for a terminal or a log.
    public var description: String {
        "\(path) is no catalog entry: \(detail); put the last good copy back, or remove it and "
            + "drop a file of the table again"
    }
}
