import DuckDB
import FunctionConfig
import Glibc
import HandlerRuntime

/// A warehouse that is a schema of a PostgreSQL database, through DuckDB's extension.
struct PostgresWarehouse {
    let server: PostgresServer
    let purpose: String

    /// Attaches the schema as `name` for reading; false, and nothing is attached, when there is none.
    ///
    /// All that one transaction reads is of one moment.
    func attachForReading(
        to connection: borrowing Connection,
        as name: String
    ) throws(HandlerError) -> Bool {
        do {
            try attach(to: connection, as: name, "READ_ONLY")
            let found = try connection.scalar(
                "SELECT count(*) FROM postgres_query(\(SQL.literal(name)), "
                    + SQL.literal(
                        "SELECT 1 FROM pg_catalog.pg_namespace "
                            + "WHERE nspname = \(SQL.literal(server.schema))"
                    ) + ")"
            )
            if found?.int != 0 { return true }
            try connection.execute("DETACH \(SQL.identifier(name))")
            return false
        } catch {
            throw PostgresFailure(error, of: server).error
        }
    }

    /// Attaches the database for writing into the schema.
    ///
    /// Each statement sees what was committed before it began, so that what is read under a lock is
    /// what was there when the lock was had.
    func attachForWriting(to connection: borrowing Connection) throws(HandlerError) {
        do {
            try attach(
                to: connection,
                as: WarehouseAccess.database,
                "ISOLATION_LEVEL 'read committed'"
            )
        } catch {
            throw PostgresFailure(error, of: server).error
        }
    }

    private func attach(
        to connection: borrowing Connection,
        as name: String,
        _ options: String
    ) throws(DuckDBError) {
        surround()
        connection.expectServer()
        try DuckDBExtension.load("postgres_scanner", into: connection)
        try connection.execute(
            "ATTACH \(SQL.literal(server.url)) AS \(SQL.identifier(name)) "
                + "(TYPE postgres, SCHEMA \(SQL.literal(server.schema)), \(options))"
        )
    }

    /// Tells libpq what is not in the URL, in its own variables.
    ///
    /// The password stands in none of the texts that DuckDB keeps or repeats. What the URL names
    /// counts more; what is set already stays, but for the password of the URL, and times and
    /// dates, which are read as UTC and ISO 8601. Source: PostgreSQL, libpq, "Environment Variables".
    private func surround() {
        if let password = server.password { setenv("PGPASSWORD", password, 1) }
        setenv("PGCONNECT_TIMEOUT", "10", 0)
        setenv("PGAPPNAME", "sluice \(purpose)", 0)
        setenv("PGTZ", "UTC", 1)
        setenv("PGDATESTYLE", "ISO", 1)
    }
}
