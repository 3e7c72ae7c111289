public import DuckDB
import Events
public import FunctionConfig

/// A table of a PostgreSQL warehouse, looked at and changed in the server's own SQL.
public struct PostgresTable: Sendable {
    /// The schema.
    public let schema: String
    /// The table's name in PostgreSQL.
    public let physicalName: String
    /// The table's name everywhere else.
    public let name: String

    /// The table of a name in the server's schema.
    public init(_ name: String, on server: PostgresServer) {
        self.name = name
        schema = server.schema
        physicalName = PostgresName.table(name)
    }

    /// The table in the server's SQL.
    public var onServer: String { "\(SQL.identifier(schema)).\(SQL.identifier(physicalName))" }

    /// The table in DuckDB's SQL.
    public var attached: String { "\(WarehouseAccess.database).\(onServer)" }

    /// What the table's comment must say; nil where it needs none.
    public var comment: String? {
        guard physicalName != name,
            let text = try? JSONText.encode(["name": .string(name)] as JSONValue)
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// A column as the server describes it.
    public struct Column: Sendable, Equatable {
        /// The name in PostgreSQL.
        public var physicalName: String
        /// The type, as `format_type` spells it.
        public var serverType: String
        /// What the column is to Sluice; nil for a type that Sluice does not make.
        public var known: PostgresColumn?

        /// The column's name everywhere else.
        public var name: String { known?.name ?? physicalName }

        init(physicalName: String, serverType: String, comment: String?) {
            self.physicalName = physicalName
            self.serverType = serverType
            known = PostgresColumn(
                physicalName: physicalName,
                serverType: serverType,
                comment: comment
            )
        }
    }

    /// The table's columns in their order; none when there is no table.
    public func columns(on connection: borrowing Connection) throws(DuckDBError) -> [Column] {
        let rows = try connection.serverRows(
            """
            SELECT attname::text, format_type(atttypid, atttypmod), col_description(attrelid, attnum)
            FROM pg_catalog.pg_attribute
            WHERE attrelid = pg_catalog.to_regclass(\(SQL.literal(onServer)))
                AND attnum > 0 AND NOT attisdropped
            ORDER BY attnum
            """
        )
        return rows.map { row in
            Column(
                physicalName: row[0].string ?? "",
                serverType: row[1].string ?? "",
                comment: row[2].string
            )
        }
    }
}

extension Connection {
    /// Runs statements on the server of the attached warehouse, in the connection's transaction.
    public func onServer(_ sql: String) throws(DuckDBError) {
        try execute("CALL postgres_execute('\(WarehouseAccess.database)', \(SQL.literal(sql)))")
    }

    /// The rows of a query that the server of the attached warehouse runs.
    public func serverRows(_ sql: String) throws(DuckDBError) -> [[SQLValue]] {
        try rows("FROM postgres_query('\(WarehouseAccess.database)', \(SQL.literal(sql)))")
    }

    /// Makes DuckDB look again which tables the server has, after statements that changed them.
    public func forgetServerTables() throws(DuckDBError) {
        try execute("CALL pg_clear_cache()")
    }
}
