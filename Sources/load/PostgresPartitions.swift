import DuckDB
import WarehouseAccess

/// The partitions of new rows on a server, for mode `replace_partitions`.
///
/// A server joins by hash where columns are compared with `=`, which null never fulfils; so rows are
/// compared pattern of nulls by pattern of nulls, of which there is one as a rule.
struct PostgresPartitions {
    private let table: String
    private let columns: [PostgresColumn]

    /// The partitions of rows that come, each with its newest version; gone with the transaction.
    private static let winning = "pg_temp.sluice_winning"

    /// Takes the table in the server's SQL and its partition columns.
    init(of table: String, columns: [PostgresColumn]) {
        self.table = table
        self.columns = columns
    }

    /// Replaces the partitions for which rows in a staging table are newer.
    ///
    /// Rows of other programs stay. A partition that has a newer version stays as it is.
    func replace(
        by rows: PostgresRows,
        from staging: String,
        on connection: borrowing Connection
    ) throws {
        let values = columns.map { column in
            let name = SQL.identifier(column.physicalName)
            return "\(column.arrived(name)) AS \(name)"
        }
        let places = columns.indices.map { String($0 + 1) }.joined(separator: ", ")
        try connection.onServer(
            "CREATE TEMP TABLE sluice_winning ON COMMIT DROP AS "
                + "SELECT \(values.joined(separator: ", ")), max(_seq) AS _seq "
                + "FROM \(staging) GROUP BY \(places)"
        )
        let names = names.joined(separator: ", ")
        for match in try matches(on: connection) {
            try connection.onServer(
                "DELETE FROM \(Self.winning) AS new "
                    + "USING (SELECT \(names), max(_seq) AS _seq FROM \(table) GROUP BY \(names)) old "
                    + "WHERE \(match(false)) AND old._seq > new._seq"
            )
            try connection.onServer(
                "DELETE FROM \(table) AS old USING \(Self.winning) AS new "
                    + "WHERE \(match(false)) AND old._source IS NOT NULL"
            )
            try connection.onServer(
                rows.insertion(from: staging) + " AS new WHERE EXISTS "
                    + "(SELECT 1 FROM \(Self.winning) AS old WHERE \(match(true)))"
            )
        }
    }

    private var names: [String] { columns.map { SQL.identifier($0.physicalName) } }

    /// For each pattern of nulls, SQL that holds for rows `old` and `new` of one partition; the
    /// argument tells whether `new` is a row of a staging table.
    private func matches(on connection: borrowing Connection) throws -> [(Bool) -> String] {
        let flags = names.enumerated().map { "(\($1) IS NULL)::integer AS n\($0)" }
        let found = try connection.serverRows(
            "SELECT DISTINCT \(flags.joined(separator: ", ")) FROM \(Self.winning)"
        )
        return found.map { row in
            let isNull = row.map { $0.int == 1 }
            return { isStaged in
                zip(columns, isNull).map { column, isNull in
                    let name = SQL.identifier(column.physicalName)
                    let new = isStaged ? column.arrived("new.\(name)") : "new.\(name)"
                    return isNull
                        ? "old.\(name) IS NULL AND \(new) IS NULL" : "old.\(name) = \(new)"
                }.joined(separator: " AND ")
            }
        }
    }
}
