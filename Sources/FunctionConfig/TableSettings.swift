public import Events

/// What `functions.json` says of one table; every part has a default.
public struct TableSettings: Sendable, Equatable {
    /// The table's name in catalog, lake and warehouse.
    public var name: String
    /// Which objects belong to it, over `bucket/key`; nil: the objects in its folder.
    public var match: Glob?
    /// How its files are written; what is nil is found out for each file.
    public var format = FormatSettings()
    /// Columns of a given type, in the order of the file; empty: all are inferred.
    public var columns: [ColumnType.Field] = []
    /// What columns are called in files, where that differs from their names in the table.
    public var columnMap: [ColumnMapping] = []
    /// Whether columns that neither `columns` nor `columnMap` names become part of the table.
    ///
    /// Defaults to true.
    public var keepsOtherColumns = true
    /// The columns whose values are folders in the lake.
    public var partitionBy: [String] = []
    /// Those of `partitionBy` that are computed from other columns.
    public var computedPartitions: [ComputedPartition] = []
    /// The most partitions that one object version may have rows of.
    ///
    /// Defaults to 10,000.
    public var maxPartitions = 10_000
    /// The columns by which rows are sorted within a partition.
    public var sortBy: [String] = []
    /// About how many bytes a data file in the lake should have, if there are that many.
    ///
    /// Defaults to 128 MiB.
    public var targetFileSize: Int64 = 134_217_728
    /// How many hours back `vacuum` keeps every state of the lake table readable.
    ///
    /// Defaults to 168, seven days.
    public var retentionHours = 168
    /// How versions combine.
    ///
    /// Defaults to `append`.
    public var mode: Mode = .append
    /// In mode `upsert`: columns or dotted paths that identify a row.
    public var keys: [String] = []
    /// The absolute path of a SQL file, one `SELECT` over `source`.
    public var transform: String?
    /// What bad rows mean.
    ///
    /// Defaults to `skip_rows`, in mode `replace` to `skip_file`.
    public var onError: ErrorPolicy = .skipRows
    /// Whether the rows of a file leave the table when the file is deleted.
    ///
    /// Defaults to false: deleting a file changes no table.
    public var retractsDeleted = false
    /// Whether chunks are removed once all that their manifest triggered has succeeded.
    public var purgesChunks = false
    /// Whether and how `similarity` compares the table's places.
    public var similarity: SimilaritySettings?
    /// How the table is made of other lake tables; nil for one that is made of files.
    public var derivation: Derivation?
    /// The most bytes of text read again to widen a column.
    ///
    /// Defaults to 10 GiB.
    public var rewriteLimit: Int64 = 10_737_418_240

    /// A table with the defaults.
    public init(name: String) { self.name = name }

    /// How versions combine to a table, in lake and warehouse alike.
    public enum Mode: String, Sendable, CaseIterable {
        /// The newest accepted version of each key.
        case append
        /// The accepted version of the greatest sequencer is the whole table.
        case replace
        /// Per value of `partitionBy` the accepted version of the greatest sequencer that has good
        /// rows of it.
        case replacePartitions = "replace_partitions"
        /// Per value of `keys` the good row of the greatest sequencer.
        case upsert

        /// Whether older versions of a key count beside newer ones.
        public var countsAllVersions: Bool { self == .upsert || self == .replacePartitions }
    }

    /// What bad rows mean for their object version.
    public enum ErrorPolicy: Sendable, Equatable {
        /// They go to quarantine, the others are loaded.
        case skipRows
        /// One bad row refuses the version.
        case skipFile
        /// This many bad rows or more refuse the version.
        case skipFileRows(Int)
        /// More than this percentage of bad rows refuses the version.
        case skipFilePercent(Double)

        /// Whether a version with these figures is refused.
        public func refuses(bad: Int, of records: Int) -> Bool {
            switch self {
            case .skipRows: false
            case .skipFile: bad > 0
            case .skipFileRows(let limit): bad >= limit
            case .skipFilePercent(let limit): Double(bad) * 100 > limit * Double(records)
            }
        }

        /// Reads `skip_rows`, `skip_file`, `skip_file_10` or `skip_file_5%`.
        public init?(_ text: String) {
            switch text {
            case "skip_rows": self = .skipRows
            case "skip_file": self = .skipFile
            default:
                guard text.hasPrefix("skip_file_") else { return nil }
                let amount = text.dropFirst("skip_file_".count)
                if amount.hasSuffix("%"), let percent = Double(amount.dropLast()),
                    (0...100).contains(percent)
                {
                    self = .skipFilePercent(percent)
                } else if let rows = Int(amount), rows > 0 {
                    self = .skipFileRows(rows)
                } else {
                    return nil
                }
            }
        }
    }

    /// One column and its names in files.
    public struct ColumnMapping: Sendable, Equatable {
        /// The column's name in the table.
        public var column: String
        /// Header cells, JSON members or dotted paths to members: of those that a record has, the
        /// first with a value counts.
        public var names: [String]

        /// Maps names to a column.
        public init(column: String, names: [String]) {
            self.column = column
            self.names = names
        }
    }

    /// How `similarity` compares places.
    public struct SimilaritySettings: Sendable, Equatable {
        /// Whether `distances_over_time` is written.
        ///
        /// Defaults to false.
        public var perInterval = false
        /// How many places each place keeps beside itself; nil for all.
        public var topK: Int?
        /// Whether each indicator's file in bucket `results` is written.
        ///
        /// Defaults to true.
        public var file = true
    }
}

/// How a table's files are written; nil parts are found out for each file.
public struct FormatSettings: Sendable, Equatable {
    /// `csv` or `json`.
    public var type: String?
    /// One character that separates fields.
    public var delimiter: String?
    /// Whether the first record is a header.
    public var header: Bool?
    /// Patterns of dates beside ISO 8601, as strptime(3) has them; the first that fits counts.
    public var dateFormats: [String] = []
    /// Patterns of times beside ISO 8601, as strptime(3) has them; the first that fits counts.
    public var timestampFormats: [String] = []
}
