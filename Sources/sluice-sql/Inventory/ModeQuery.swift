import DuckDB
import Events
import FunctionConfig
import TableRows
import Verification

/// What a table's mode forbids among its rows: keys with several, partitions of several versions.
struct ModeQuery {
    private let settings: TableSettings

    init(_ settings: TableSettings) { self.settings = settings }

    /// Counts in rows with the given columns; rows of other programs do not count.
    ///
    /// A table that has no such partitions yet, since its settings are newer, is not looked at.
    func count(
        _ rows: String,
        columns: [ColumnType.Field],
        into content: inout TableContent,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let own = "SELECT * FROM (\(rows)) WHERE _source IS NOT NULL"
        switch settings.mode {
        case .append, .replace: break
        case .upsert:
            let keys = UpsertKeys(settings.keys, columns: columns)
            content.doubledKeys = try number(keys.doubled(in: own), on: connection)
        case .replacePartitions:
            let names = Set(columns.map(\.name))
            guard names.isSuperset(of: settings.partitionBy) else { return }
            let partitions = PartitionRows(settings.partitionBy)
            content.sharedPartitions = try number(partitions.shared(in: own), on: connection)
        }
    }

    private func number(
        _ query: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) -> Int64? {
        try connection.scalar(query)?.int.map(Int64.init)
    }
}
