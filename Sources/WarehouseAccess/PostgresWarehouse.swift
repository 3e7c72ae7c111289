import DuckDB
import FunctionConfig
import Glibc
import HandlerRuntime

/// A warehouse that is a schema of a PostgreSQL database, through DuckDB's extension.
struct PostgresWarehouse {
    let server: PostgresServer
    let purpose: String

    /// Attaches the schema for reading; false, and nothing is attached, when there is none.
    func attachForReading(to connection: borrowing Connection) throws(HandlerError) -> Bool {
        do {
            try attach(to: connection, "READ_ONLY")
            let found = try connection.scalar(
                "SELECT count(*) FROM postgres_query('\(WarehouseAccess.database)', "
                    + SQL.literal(
                        "SELECT 1 FROM pg_namespace WHERE nspname = \(SQL.literal(server.schema))"
                    ) + ")"
            )
            if found?.int != 0 { return true }
            try connection.execute("DETACH \(WarehouseAccess.database)")
            return false
        } catch {
            throw PostgresFailure(error, of: server).error
        }
    }

    /// Attaches the schema for writing.
    ///
    /// Each statement sees what was committed before it began, so that what is read under a lock is
    /// what was there when the lock was had.
    func attachForWriting(to connection: borrowing Connection) throws(HandlerError) {
        do {
            try attach(to: connection, "ISOLATION_LEVEL 'read committed'")
        } catch {
            throw PostgresFailure(error, of: server).error
        }
    }

    private func attach(
        to connection: borrowing Connection,
        _ options: String
    ) throws(DuckDBError) {
        surround()
        try DuckDBExtension.load("postgres_scanner", into: connection)
        try connection.execute(
            "ATTACH \(SQL.literal(server.url)) AS \(WarehouseAccess.database) "
                + "(TYPE postgres, SCHEMA \(SQL.literal(server.schema)), \(options))"
        )
    }

    /// Tells libpq what is not in the URL, in its own variables.
    ///
    /// The password stands in none of the texts that DuckDB keeps or repeats. What is set already,
    /// or named in the URL, counts. Source: PostgreSQL, "Environment Variables" of libpq.
    private func surround() {
        if let password = server.password { setenv("PGPASSWORD", password, 1) }
        setenv("PGCONNECT_TIMEOUT", "10", 0)
        setenv("PGAPPNAME", "sluice \(purpose)", 0)
    }
}
