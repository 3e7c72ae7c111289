public import DeltaTable
import DuckDB

/// The rows of a lake table, or of some of its files, as an SQL query.
public enum LakeRelation {
    /// A query over data files of a snapshot, for use in a `FROM` clause within parentheses.
    ///
    /// Partition columns have the values of the log, columns that a file lacks are null, and
    /// every column has the type of the table's schema, whatever a file holds.
    ///
    /// - Parameters:
    ///   - snapshot: The table's state.
    ///   - table: The table's folder.
    ///   - files: The files to read; `nil` for all of the snapshot.
    ///   - columns: The columns to read, in this order; `nil` for all. A name that is no column
    ///     of the table is left out.
    /// - Returns: SQL text. Without files, a query of no rows.
    public static func query(
        of snapshot: Snapshot,
        table: String,
        files: [AddFile]? = nil,
        columns: [String]? = nil
    ) -> String {
        let files = files ?? snapshot.files
        let fields = columns.map { $0.compactMap { snapshot.schema[$0] } } ?? snapshot.schema.fields
        guard !files.isEmpty, !fields.isEmpty else { return empty(fields) }
        let parted = fields.filter { snapshot.metadata.partitionColumns.contains($0.name) }
        let values = Set(files.map { file in parted.map { file.partitionValues[$0.name] ?? nil } })
        let place: Place =
            if values.count <= 1 {
                .constant
            } else if HiveFolders.agree(
                files,
                columns: snapshot.metadata.partitionColumns,
                table: table
            ) {
                .folders
            } else {
                .list
            }
        let list = fields.map { field in
            let name = SQL.identifier(field.name)
            guard let column = parted.firstIndex(of: field) else {
                return "f.\(name)::\(field.type.duckDBName) AS \(name)"
            }
            switch place {
            case .folders: return "f.\(name)"
            case .list: return "p.\(name)"
            case .constant:
                let text = values.first.flatMap { $0[column] }
                return "\(PartitionValue.typed(text, as: field.type)) AS \(name)"
            }
        }
        var sql =
            "SELECT \(list.joined(separator: ", ")) FROM "
            + "(\(source(files, snapshot, table, place))) f"
        if place == .list {
            sql +=
                " JOIN (\(partitions(files, parted, table))) p ON f.\(fileColumn) = p.\(fileColumn)"
        }
        return sql
    }

    /// Where the values of partition columns come from.
    private enum Place {
        /// There is one set of values, which the query names.
        case constant
        /// Their folders, as DuckDB reads them.
        case folders
        /// A list of all files and their values, joined to the rows.
        case list
    }

    private static let fileColumn = "\"sluice file\""

    private static func empty(_ fields: [DeltaField]) -> String {
        let list = fields.map { "NULL::\($0.type.duckDBName) AS \(SQL.identifier($0.name))" }
        return "SELECT \(list.isEmpty ? "NULL" : list.joined(separator: ", ")) WHERE false"
    }

    /// The columns that the data files hold themselves.
    ///
    /// Files written with today's schema have all of them. Where there are others, the union makes
    /// what is missing in some null, and the empty first branch what is missing in all.
    private static func source(
        _ files: [AddFile],
        _ snapshot: Snapshot,
        _ table: String,
        _ place: Place
    ) -> String {
        let fingerprint = LakeFiles.fingerprint(of: snapshot.schema)
        let isUniform = files.allSatisfy { $0.tags?[LakeFiles.schemaTag] == fingerprint }
        let paths = SQL.list(files.map { path(of: $0, table) })
        var scan = "FROM read_parquet(\(paths), union_by_name = \(!isUniform), "
        switch place {
        case .constant: scan += "hive_partitioning = false)"
        case .list: scan += "hive_partitioning = false, filename = 'sluice file')"
        case .folders:
            let types = snapshot.metadata.partitionColumns.compactMap { snapshot.schema[$0] }
                .map { "\(SQL.literal($0.name)): \(SQL.literal($0.type.duckDBName))" }
            scan += "hive_partitioning = true, hive_types = {\(types.joined(separator: ", "))})"
        }
        guard !isUniform else { return scan }
        let data = snapshot.schema.fields.filter {
            !snapshot.metadata.partitionColumns.contains($0.name)
        }
        return "\(empty(data)) UNION ALL BY NAME (\(scan))"
    }

    private static func partitions(
        _ files: [AddFile],
        _ fields: [DeltaField],
        _ table: String
    ) -> String {
        let names = fields.map { SQL.identifier($0.name) }
        let rows = files.map { file in
            let values = fields.map {
                PartitionValue.typed(file.partitionValues[$0.name] ?? nil, as: $0.type)
            }
            return "(\(([SQL.literal(path(of: file, table))] + values).joined(separator: ", ")))"
        }
        return "SELECT * FROM (VALUES \(rows.joined(separator: ", "))) "
            + "v(\(([fileColumn] + names).joined(separator: ", ")))"
    }

    private static func path(of file: AddFile, _ table: String) -> String {
        file.filePath.hasPrefix("/") ? file.filePath : "\(table)/\(file.filePath)"
    }
}
