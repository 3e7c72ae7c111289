import Buckets
import DuckDB
import Events
import FunctionConfig
import TableRows

extension VersionLoading {
    /// Below this much text a look before costs nothing that anybody would notice.
    private static let worthwhile: Int64 = 8 << 20

    /// The rows that were written are not the good rows of the versions.
    private struct Doubt: Error {}

    /// Loads versions while they are looked at for the first time, where the warehouse can take rows
    /// back; false when they are to be loaded in the usual way, and nothing has happened then.
    mutating func stream(
        _ due: [Manifest],
        over state: WarehouseTable,
        into warehouse: borrowing LoadTarget
    ) throws -> Bool {
        guard warehouse.tables.canStream, due.reduce(0, { $0 + $1.size }) >= Self.worthwhile,
            // Of versions of one key, or in mode `replace`, only one is written.
            due.count == 1 || settings.mode == .append,
            Set(due.map(\.source.key)).count == due.count,
            let (columns, versions) = try reader.streamed(due),
            let change = try WarehouseChange(
                streaming: versions,
                columns: columns,
                over: state,
                reader: reader,
                on: warehouse.connection
            )
        else { return false }
        try warehouse.tables.prepare(change, on: warehouse.connection)
        do {
            let loaded = try commit(change, over: state, into: warehouse) { counts in
                var counts = counts[...]
                return try versions.map { version in
                    let inserted = Array(counts.prefix(version.parts.count))
                    counts = counts.dropFirst(version.parts.count)
                    let settled = try reader.settled(
                        version,
                        inserted: inserted,
                        on: warehouse.reader
                    )
                    guard let settled else { throw Doubt() }
                    return settled
                }
            }
            guard let loaded else { return false }
            answerLoaded(loaded, replacing: change.replaced)
            return true
        } catch is Doubt {
            return false
        } catch is VersionRefusal {
            // The others are loaded without it.
            return false
        } catch let error as DuckDBError where TableReader.isAboutContent(error.message) {
            return false
        }
    }
}
