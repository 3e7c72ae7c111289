import DeltaTable

/// Whether the folders of data files tell partition values as DuckDB reads them.
///
/// The log alone says which values a file has. Where the folders `column=value` say the same,
/// DuckDB may take them from there: it then leaves out files by any filter on them and joins
/// nothing. Folders of long values are cut, and other writers may name theirs as they like.
/// https://duckdb.org/docs/stable/data/partitioning/hive_partitioning
enum HiveFolders {
    /// Whether every file's folders tell the same as the log, in which an empty text is null and
    /// in a folder is not.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - columns: All partition columns of the table.
    ///   - table: The table's folder.
    /// - Returns: Whether DuckDB may read the values from the folders.
    static func agree(_ files: [AddFile], columns: [String], table: String) -> Bool {
        // A folder above the table may look like a partition, too.
        guard !table.utf8.contains(UInt8(ascii: "=")) else { return false }
        let names = Set(columns)
        guard names.count == columns.count else { return false }
        return files.allSatisfy { agrees($0, names) }
    }

    private static func agrees(_ file: AddFile, _ columns: Set<String>) -> Bool {
        let path = file.filePath
        guard !path.hasPrefix("/"), path.utf8.allSatisfy(isPlain) else { return false }
        var seen: Set<String> = []
        for folder in path.split(separator: "/").dropLast() {
            let parts = folder.split(separator: "=", omittingEmptySubsequences: false)
            if parts.count == 1 { continue }
            let name = String(parts[0])
            guard parts.count == 2, columns.contains(name), seen.insert(name).inserted,
                let told = file.partitionValues[name], told != "", told == value(parts[1])
            else { return false }
        }
        return seen.count == columns.count
    }

    /// What DuckDB makes of a folder's text.
    private static func value(_ text: Substring) -> String? {
        guard text != "__HIVE_DEFAULT_PARTITION__", text.lowercased() != "null" else { return nil }
        return LogPath.decoded(String(text))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "\\")
    }
}
