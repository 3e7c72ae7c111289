import DuckDB
import Verification

/// Counts the rows of each version, and adds up a hash of each row's values.
struct RowCounter {
    private let columns: [String]?
    private var figures: [VersionName: (count: Int64, digest: Int128)] = [:]
    private var foreign: (count: Int64, digest: Int128) = (0, 0)

    /// Takes the columns whose values count; nil to leave the values out.
    init(digesting columns: [String]?) { self.columns = columns }

    /// Adds the rows of a query with `_source`, `_seq` and the columns.
    mutating func count(
        _ rows: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        try add(
            "SELECT _source, _seq, count(*), \(sum) FROM (\(rows)) GROUP BY _source, _seq",
            on: connection
        )
    }

    /// Adds the rows of a query with the columns alone, which are of no version.
    mutating func countAll(
        _ rows: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        try add("SELECT NULL, NULL, count(*), \(sum) FROM (\(rows))", on: connection)
    }

    /// SQL of the sum of hashes.
    private var sum: String {
        guard let columns, !columns.isEmpty else { return "0" }
        return "sum(hash(\(columns.map { SQL.identifier($0) }.joined(separator: ", "))))"
    }

    /// Adds counts that a query gives: source, sequencer, rows, and perhaps a sum of hashes.
    mutating func add(
        _ counts: String,
        on connection: borrowing Connection
    ) throws(DuckDBError) {
        let result = try connection.query(counts)
        while let chunk = try result.nextChunk() {
            for row in 0..<chunk.rowCount {
                let count = Int64(chunk.value(column: 2, row: row).int ?? 0)
                var digest: Int128 = 0
                if chunk.columnCount > 3, case .integer(let sum) = chunk.value(column: 3, row: row)
                {
                    digest = sum
                }
                guard let source = chunk.value(column: 0, row: row).string,
                    let sequencer = chunk.value(column: 1, row: row).int
                else {
                    foreign.count += count
                    foreign.digest += digest
                    continue
                }
                let name = VersionName(source: source, sequencer: Int64(sequencer))
                figures[name, default: (0, 0)].count += count
                figures[name]?.digest += digest
            }
        }
    }

    /// Hands over what was counted.
    func give(to content: inout TableContent) {
        content.foreignRows = foreign.count
        content.foreignDigest = columns?.isEmpty == false ? String(foreign.digest) : nil
        content.rows = figures.sorted { $0.key.sequencer < $1.key.sequencer }.map { name, figures in
            TableContent.Rows(
                name: name,
                count: figures.count,
                digest: columns?.isEmpty == false ? String(figures.digest) : nil
            )
        }
    }
}
