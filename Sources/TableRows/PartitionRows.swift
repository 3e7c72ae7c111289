import DuckDB
import Events

/// SQL about the partitions of a table in mode `replace_partitions`: each has the rows of one version.
public struct PartitionRows: Sendable {
    private let columns: [String]

    /// Takes the names of the partition columns.
    public init(_ columns: [String]) { self.columns = columns.map { SQL.identifier($0) } }

    /// SQL that holds for rows `old` and `new` of one partition; null is a value like others.
    public var match: String {
        columns.map { "old.\($0) IS NOT DISTINCT FROM new.\($0)" }.joined(separator: " AND ")
    }

    /// SQL of the partitions that rows belong to, each with the newest version there, `_seq`.
    public func newest(of rows: String) -> String {
        let names = columns.joined(separator: ", ")
        return "SELECT \(names), max(_seq) AS _seq FROM (\(rows)) GROUP BY \(names)"
    }

    /// SQL of a query with one number: how many partitions have rows of more than one version.
    public func shared(in rows: String) -> String {
        "SELECT count(*) FROM (SELECT 1 FROM (\(rows)) GROUP BY \(columns.joined(separator: ", ")) "
            + "HAVING min(_seq) <> max(_seq))"
    }

    /// SQL of the rows that belong to the newest version of their partition in a table that was
    /// made of ``newest(of:)``.
    public func rows(_ rows: String, newestIn table: String) -> String {
        "SELECT * FROM (\(rows)) new WHERE EXISTS "
            + "(SELECT 1 FROM \(table) old WHERE \(match) AND old._seq = new._seq)"
    }

    /// SQL of the rows whose partition has no newer version in such a table.
    public func rows(_ rows: String, notOlderThan table: String) -> String {
        "SELECT * FROM (\(rows)) new WHERE NOT EXISTS "
            + "(SELECT 1 FROM \(table) old WHERE \(match) AND old._seq > new._seq)"
    }
}
