public import DeltaTable
public import DuckDB
import FoundationEssentials

/// Writes the rows of a query as data files of one lake table: typed, zstd-compressed, partitioned
/// Parquet.
///
/// DuckDB's own `PARTITION_BY` neither keeps the order of rows within a file nor bounds the
/// number of files above 100 partitions, and `FILE_SIZE_BYTES` mixes the order too. So rows that
/// have partitions or an order are sorted into a temporary table, and every file is a plain ordered
/// `COPY` of one stretch of it. More rows than memory holds are parted first, into buckets of whole
/// partitions in the scratch folder: many sorts in memory take half the time of one that spills.
public struct LakeWriter: Sendable {
    /// The table's folder.
    public let table: String
    /// All columns in the table's order, partition columns included.
    public let schema: DeltaSchema
    /// Columns whose values part the files.
    public let partitionColumns: [String]
    /// Columns that the rows of a file are ordered by.
    public let sortColumns: [String]
    /// About how many bytes a file should have, if there are that many.
    public let targetFileSize: Int64
    /// What the names of all files begin with, those of the time of a call included.
    public let mark: String

    /// A writer for one table.
    ///
    /// - Parameters:
    ///   - table: The table's folder; made when it is missing.
    ///   - schema: All columns in the table's order, partition columns included.
    ///   - partitionColumns: Columns that are not nested; at least one column is none of them.
    ///   - sortColumns: Columns to order by within a partition; with none, few rows keep the
    ///     query's order.
    ///   - targetFileSize: Bytes.
    ///   - mark: What the names of files begin with, so that they can be told from others.
    public init(
        table: String,
        schema: DeltaSchema,
        partitionColumns: [String] = [],
        sortColumns: [String] = [],
        targetFileSize: Int64 = 128 << 20,
        mark: String = "part"
    ) {
        self.table = table
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.sortColumns = sortColumns
        self.targetFileSize = targetFileSize
        self.mark = mark
    }

    /// Writes the rows of `select` as new data files, which are on the disk when this returns.
    ///
    /// The files belong to no table until their `add` actions are committed. When this throws,
    /// what it wrote is removed.
    ///
    /// - Parameters:
    ///   - select: A query that yields every column of the schema by name, in any order, in a
    ///     type that casts to the column's. An empty text in a partition column becomes null,
    ///     since the log cannot tell them apart.
    ///   - connection: Runs the query, alone on its database; gets a temporary table for the time
    ///     of the call.
    ///   - now: The present time in milliseconds since 1970.
    ///   - dataChange: `false` when the rows are those of files that the same commit removes.
    ///   - input: How much there is; `nil` when it is little.
    /// - Returns: One `add` action per file; none for no rows.
    /// - Throws: `LakeFilesError`.
    public func write(
        _ select: String,
        on connection: borrowing Connection,
        now: Int64,
        dataChange: Bool = true,
        input: LakeInput? = nil
    ) throws(LakeFilesError) -> LakeFiles {
        var files = LakeFiles(table: table)
        let stamp = Stamp(now: now, dataChange: dataChange, constants: constants(input))
        files.mostPartitions = input?.mostPartitions
        do throws(LakeFilesError) {
            if partitionColumns.isEmpty, sortColumns.isEmpty {
                try writeUnsorted(select, input, on: connection, stamp, into: &files)
            } else if let input, input.bucketCount > 1, !partitionColumns.isEmpty {
                try writeBuckets(of: select, input, on: connection, stamp, into: &files)
            } else {
                try writeSorted(select, on: connection, stamp, into: &files)
            }
            try files.synchronize()
        } catch {
            files.discard()
            throw error
        }
        return files
    }

    /// What all files of a call have in common.
    struct Stamp {
        /// Milliseconds since 1970.
        var now: Int64
        var dataChange: Bool
        /// Columns that have one value in all rows.
        var constants: [String: SQLValue] = [:]
    }

    /// The columns with one value that need not be part of what is sorted.
    private func constants(_ input: LakeInput?) -> [String: SQLValue] {
        let constants = (input?.constants ?? [:]).filter { name, _ in
            schema[name] != nil && !(partitionColumns + sortColumns).contains(name)
        }
        return constants.count < dataFields.count ? constants : [:]
    }

    /// The query with every column but the constant ones, in the table's order and type.
    func typed(_ select: String, _ stamp: Stamp) -> String {
        let fields = schema.fields.filter { stamp.constants[$0.name] == nil }
        let columns = fields.map { field in
            let name = SQL.identifier(field.name)
            let value = field.type == .string && isPartition(field) ? "nullif(\(name), '')" : name
            return "CAST(\(value) AS \(field.type.duckDBName)) AS \(name)"
        }
        return "SELECT \(columns.joined(separator: ", ")) FROM (\(select))"
    }

    private func isPartition(_ field: DeltaField) -> Bool { partitionColumns.contains(field.name) }

    /// The columns that the files hold themselves.
    var dataFields: [DeltaField] { schema.fields.filter { !isPartition($0) } }

    /// SQL that selects the columns of a file in the table's order from rows without constants.
    func dataColumns(_ stamp: Stamp) -> String {
        dataFields.map { field in
            let name = SQL.identifier(field.name)
            switch stamp.constants[field.name] {
            case .string(let text):
                // Of an enumeration only the number is handled for each row; Parquet has it as text.
                let literal = SQL.literal(text)
                return "CAST(\(literal) AS ENUM(\(literal))) AS \(name)"
            case .integer(let number):
                return "CAST(\(number) AS \(field.type.duckDBName)) AS \(name)"
            default: return name
            }
        }.joined(separator: ", ")
    }

    /// The `add` action of a file.
    func add(
        _ path: String,
        _ written: CopiedFile,
        partitionValues: [String: String?] = [:],
        _ stamp: Stamp
    ) -> AddFile {
        let stats = FileStatistics(
            recordCount: written.count,
            reported: written.statistics,
            constants: stamp.constants
        )
        return AddFile(
            path: LogPath.encoded(path),
            partitionValues: partitionValues,
            size: written.size,
            modificationTime: stamp.now,
            dataChange: stamp.dataChange,
            stats: stats.json(fields: dataFields),
            tags: [LakeFiles.schemaTag: LakeFiles.fingerprint(of: schema)]
        )
    }

    /// A new file's name.
    func newName() -> String { "\(mark)-\(UUID().uuidString.lowercased()).zstd.parquet" }
}
