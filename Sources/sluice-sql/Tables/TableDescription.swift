/// All that is known of one table.
struct TableDescription: Encodable {
    /// The table.
    var table: String
    /// How its versions combine; nil for a table that comes from the lake.
    var mode: String?
    /// In mode `upsert`: what identifies a row.
    var keys: [String] = []
    /// The SQL file that makes its rows, if there is one.
    var transform: String?
    /// What it is made of, if a query makes it.
    var derived: Derived?
    /// The columns, in the lake's order.
    var columns: [Column] = []
    /// What the lake holds; nil where there is no such table in it.
    var lake: Lake?
    /// What the warehouse holds; nil where there is no such table in it.
    var warehouse: Warehouse?
    /// What changed in the columns, oldest first.
    var changes: [Change] = []
    /// When either last changed, ISO 8601 in UTC.
    var lastChange: String?

    /// How a table is made of others.
    struct Derived: Encodable {
        /// The lake tables that the query reads.
        var from: [String]
        /// The SQL file.
        var query: String
        /// When, as `functions.json` says it.
        var refresh: String
    }

    /// A column.
    struct Column: Encodable {
        /// Its name in tables.
        var name: String
        /// Its type, in Glue's names.
        var type: String
        /// Its names in files; empty where no file has it.
        var originals: [String]
        /// `given`, `inferred`, `transform`, `query`, `sluice`, or `lake` for one that only the lake has.
        var origin: String
        /// Whether its values part the lake's files.
        var isPartition: Bool
    }

    /// The table in the lake.
    struct Lake: Encodable {
        /// Rows, by the log.
        var rows: Int64
        /// Data files.
        var files: Int
        /// Bytes of these.
        var bytes: Int64
        /// The newest version, counted from 0.
        var version: Int64
        /// The table's id.
        var id: String
        /// The columns that part the files.
        var partitionedBy: [String]
        /// How many partitions there are.
        var partitions: Int
        /// The partitions of the most rows.
        var largestPartitions: [Partition]
        /// The columns that rows are sorted by within a partition.
        var sortedBy: [String]
        /// The last versions, newest first.
        var lastVersions: [Version]
    }

    /// Files that share their partition values.
    struct Partition: Encodable {
        /// `region=eu/day=1`.
        var name: String
        /// Rows.
        var rows: Int64
        /// Files.
        var files: Int
        /// Bytes.
        var bytes: Int64
    }

    /// A commit of the lake table.
    struct Version: Encodable {
        /// Its number.
        var version: Int64
        /// When, ISO 8601 in UTC; nil where it does not tell.
        var time: String?
        /// What was done.
        var operation: String?
        /// Rows that came with it.
        var rowsAdded: Int64
        /// Files that it added.
        var filesAdded: Int
        /// Files that it removed.
        var filesRemoved: Int
    }

    /// The table in the warehouse.
    struct Warehouse: Encodable {
        /// Rows.
        var rows: Int64
        /// The columns with the warehouse's own type names.
        var columns: [WarehouseColumn]
        /// How many versions are loaded.
        var loaded: Int
        /// How many versions were replaced by newer ones.
        var replaced: Int
        /// Bad rows of the versions that are loaded.
        var rejectedRows: Int64
        /// The last loads, newest first.
        var lastLoads: [Load]
    }

    /// A column of the warehouse.
    struct WarehouseColumn: Encodable {
        /// The name.
        var name: String
        /// The type.
        var type: String
    }

    /// An entry of the load history.
    struct Load: Encodable {
        /// What was loaded, `bucket/key`, or the lake table.
        var source: String
        /// Its sequencer, or the lake table's version.
        var sequencer: Int64
        /// Rows.
        var rows: Int64
        /// Bad rows.
        var rejects: Int64
        /// `loaded` or `replaced`.
        var status: String
        /// When, ISO 8601 in UTC.
        var loadedAt: String?
    }

    /// A change of the columns.
    struct Change: Encodable {
        /// `catalog` or `lake`.
        var store: String
        /// The version of the entry or of the table that made it.
        var version: Int64
        /// When, ISO 8601 in UTC; nil where it does not tell.
        var time: String?
        /// What changed.
        var changes: [String]
    }
}
