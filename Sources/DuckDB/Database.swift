import CDuckDB

/// Owns one DuckDB instance: in memory, or a file that it keeps locked while it is open.
///
/// Needs neither a home folder nor a network: extensions are never looked for or fetched by
/// DuckDB itself (see `DuckDBExtension`).
public struct Database: ~Copyable {
    private let handle: duckdb_database

    /// Opens the file at `path`, making it if it is missing, or an empty database in memory.
    ///
    /// - Parameters:
    ///   - path: A database file; `nil` for a database in memory.
    ///   - settings: DuckDB settings by name, for example `memory_limit` or `access_mode`.
    /// - Throws: `DuckDBError` for an unknown setting, an unreadable file, or one that another
    ///   process holds open.
    public init(path: String? = nil, settings: [String: String] = [:]) throws(DuckDBError) {
        let place = path ?? "a database in memory"
        var config: duckdb_config?
        guard duckdb_create_config(&config) == DuckDBSuccess, let made = config else {
            throw DuckDBError(step: "open \(place)", message: "out of memory")
        }
        defer { duckdb_destroy_config(&config) }
        let base = [
            "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        ]
        for (name, value) in base.merging(settings, uniquingKeysWith: { $1 }) {
            guard duckdb_set_config(made, name, value) == DuckDBSuccess else {
                throw DuckDBError(
                    step: "open \(place)",
                    message: "setting \(name) does not take \(value)"
                )
            }
        }
        var opened: duckdb_database?
        var reason: UnsafeMutablePointer<CChar>?
        guard duckdb_open_ext(path, &opened, made, &reason) == DuckDBSuccess, let opened else {
            defer { duckdb_free(reason) }
            throw DuckDBError(step: "open \(place)", cMessage: reason)
        }
        handle = opened
    }

    deinit {
        var closing: duckdb_database? = handle
        duckdb_close(&closing)
    }

    /// A new connection whose time zone is UTC.
    ///
    /// The database stays open until its last connection is gone.
    public func connect() throws(DuckDBError) -> Connection {
        let connection = try Connection(database: handle)
        try connection.execute("SET TimeZone = 'UTC'")
        return connection
    }

    /// The version of the loaded library, for example `v1.5.5`.
    public static var libraryVersion: String { String(cString: duckdb_library_version()) }
}
