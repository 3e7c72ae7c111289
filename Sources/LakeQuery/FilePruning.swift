public import DeltaTable
public import DuckDB
import LakeFiles

/// Leaves out files of which no row can fulfil a scan's conditions, by what the log says of them:
/// partition values, and bounds and counts of nulls of the other columns.
///
/// Bounds may be wider than the values, never narrower, so a file that stays may hold no row that
/// matters. Whatever is not known keeps the file.
public enum FilePruning {
    /// The files that scans of one table need.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - scans: All scans of a statement; those of other tables do not count. Without any of
    ///     this table all files are needed.
    ///   - connection: Works out what the log says.
    /// - Returns: The files, in the order of the snapshot.
    public static func files(
        of table: LakeTable,
        for scans: [LakeScan],
        on connection: borrowing Connection
    ) -> [AddFile] {
        let all = table.snapshot.files
        let conditions = scans.filter { $0.table == table.name }
            .map { ScanExpression.all($0.conditions + $0.derived) }
        guard !conditions.isEmpty, !all.isEmpty else { return all }
        let facts = FileFacts(table)
        var wanted: [String] = []
        for condition in conditions {
            guard let sql = facts.mayHold(condition) else { return all }
            wanted.append(sql)
        }
        // A fact that has not the type of its column, for example: then nothing is left out.
        return (try? facts.files(where: wanted.joined(separator: " OR "), on: connection)) ?? all
    }
}
