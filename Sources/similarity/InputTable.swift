import Buckets
import DeltaTable
import DuckDB
import HandlerRuntime
import LakeFiles

/// The lake table whose places are compared, at one version.
struct InputTable {
    /// The columns that an indicator's rows have.
    static let columns = ["indicator_id", "locale", "interval", "dimension_id", "value"]

    let name: String
    let snapshot: Snapshot
    private let log: DeltaLog

    /// Takes a table as it is now.
    ///
    /// - Throws: `HandlerError` of kind `input` where a column is missing or `value` is no number.
    init(name: String, log: DeltaLog, snapshot: Snapshot) throws(HandlerError) {
        self.name = name
        self.log = log
        self.snapshot = snapshot
        let found = snapshot.schema.fields.map(\.name)
        let missing = Self.columns.filter { snapshot.schema[$0] == nil }
        guard missing.isEmpty else {
            throw .input(
                "MissingColumn",
                """
                table \(name) has no column \(missing.joined(separator: ", ")): similarity expects \
                \(Self.columns.joined(separator: ", ")) and found \(found.joined(separator: ", ")); \
                name the columns in tables.\(name).columns of functions.json
                """
            )
        }
        guard snapshot.schema["value"]?.type.isNumber == true else {
            throw .input(
                "ValueNotNumber",
                """
                column value of table \(name) is not a number; give it the type double in \
                tables.\(name).columns of functions.json
                """
            )
        }
    }

    /// Whether every file holds rows of one indicator, named by its partition value.
    private var isParted: Bool { snapshot.metadata.partitionColumns.contains("indicator_id") }

    /// The indicators that have rows, without the one that has no name, and how many rows each has.
    func indicators(_ connection: borrowing Connection) throws(DuckDBError) -> [String: Int64] {
        guard isParted, snapshot.files.allSatisfy({ $0.recordCount != nil }) else {
            return try counted(snapshot.files, connection)
        }
        var indicators: [String: Int64] = [:]
        for file in snapshot.files {
            guard let indicator = file.partition("indicator_id") else { continue }
            indicators[indicator, default: 0] += file.recordCount ?? 0
        }
        return indicators
    }

    /// Whether the rows of some indicators can be read without a look at those of others.
    var isCheapInParts: Bool { isParted }

    /// An SQL query for the rows of indicators: names, places, intervals and dimensions as text,
    /// values as `DOUBLE`.
    func rows(of indicators: [String]) -> String {
        let wanted = Set(indicators)
        let files =
            isParted
            ? snapshot.files.filter { $0.partition("indicator_id").map(wanted.contains) ?? false }
            : snapshot.files
        return """
            SELECT indicator_id::VARCHAR, locale::VARCHAR, "interval"::VARCHAR,
            dimension_id::VARCHAR, value::DOUBLE FROM (\(scan(files)))
            """
                + (isParted
                    ? ""
                    : " WHERE indicator_id::VARCHAR IN (SELECT unnest(\(SQL.list(indicators))))")
    }

    /// The commit in which each indicator's data last changed, among those after `version`.
    ///
    /// Rearranged rows (`dataChange` false) are no change.
    ///
    /// - Returns: `nil` where the log does not tell, because its commits are no longer there.
    func changes(
        after version: Int64,
        _ connection: borrowing Connection
    ) throws -> [String: Int64]? {
        var changes: [String: Int64] = [:]
        var next = version + 1
        while next <= snapshot.version {
            guard
                let actions = try log.actions(at: next),
                let touched = try indicators(touchedBy: actions, connection)
            else { return nil }
            for indicator in touched { changes[indicator] = next }
            next += 1
        }
        return changes
    }

    private func indicators(
        touchedBy actions: [DeltaAction],
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Set<String>? {
        var touched: Set<String> = []
        var unparted: [AddFile] = []
        for action in actions {
            let file: AddFile
            switch action {
            case .add(let added) where added.dataChange: file = added
            case .remove(let removed) where removed.dataChange:
                guard let parted = AddFile(removed) else { return nil }
                file = parted
            default: continue
            }
            if isParted {
                if let indicator = file.partition("indicator_id") { touched.insert(indicator) }
            } else {
                unparted.append(file)
            }
        }
        guard !unparted.isEmpty else { return touched }
        guard unparted.allSatisfy({ FilePath.canonical(path(of: $0)) != nil }) else { return nil }
        return Set(try counted(unparted, connection).keys)
    }

    private func counted(
        _ files: [AddFile],
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [String: Int64] {
        let sql = "SELECT indicator_id::VARCHAR, count(*) FROM (\(scan(files))) GROUP BY ALL"
        var counts: [String: Int64] = [:]
        for row in try connection.rows(sql) {
            guard let indicator = row[0].string, !indicator.isEmpty else { continue }
            counts[indicator] = Int64(row[1].int ?? 0)
        }
        return counts
    }

    private func scan(_ files: [AddFile]) -> String {
        LakeRelation.query(of: snapshot, table: log.table, files: files, columns: Self.columns)
    }

    private func path(of file: AddFile) -> String {
        FilePath.resolve(file.filePath, in: log.table)
    }
}

extension AddFile {
    /// The value of a partition column; `nil` for null, which is also how Delta reads empty text.
    func partition(_ column: String) -> String? {
        guard let value = partitionValues[column] ?? nil, !value.isEmpty else { return nil }
        return value
    }

    /// The file that a tombstone stands for; `nil` where it does not name its partition.
    fileprivate init?(_ removed: RemoveFile) {
        guard let values = removed.partitionValues else { return nil }
        self.init(
            path: removed.path,
            partitionValues: values,
            size: removed.size ?? 0,
            modificationTime: 0
        )
    }
}

extension DeltaType {
    fileprivate var isNumber: Bool {
        switch self {
        case .long, .integer, .short, .byte, .float, .double, .decimal: true
        default: false
        }
    }
}
