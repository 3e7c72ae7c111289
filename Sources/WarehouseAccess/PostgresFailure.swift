import DuckDB
import FunctionConfig
import HandlerRuntime

/// What an error of a PostgreSQL server, as DuckDB repeats it, means for the run.
///
/// DuckDB hands on the server's words and not its error codes, so words are all there is to go by;
/// a server that speaks another language is understood less well and never worse than as a failure.
struct PostgresFailure {
    private let words: String
    private let server: PostgresServer

    init(_ error: DuckDBError, of server: PostgresServer) {
        self.server = server
        words = Self.essence(of: error.message)
    }

    /// The error that the run ends with.
    var error: HandlerError {
        let place = "the PostgreSQL warehouse \(server)"
        if says(Self.away) {
            return .notNow("WarehouseAway", "\(place) cannot be reached now: \(words)")
        }
        if says(Self.full) {
            return .notNow("WarehouseFull", "\(place) has no room: \(words); free some there")
        }
        if says(Self.contended) {
            return .notNow("WarehouseBusy", "\(place) was busy with other work: \(words)")
        }
        if says(Self.denied) {
            return .failure(
                "WarehouseDenied",
                "\(place) let nobody in: \(words); correct user, password or database in "
                    + "`warehouse`, or what the server allows"
            )
        }
        if says(["permission denied", "must be owner"]) {
            return .failure(
                "WarehouseDenied",
                "\(place) does not allow it: \(words); the user of `warehouse` needs USAGE and CREATE "
                    + "on the schema \(server.schema), and must own the tables in it"
            )
        }
        return .failure("WarehouseFailed", "\(place): \(words)")
    }

    private func says(_ phrases: [String]) -> Bool {
        phrases.contains { words.contains($0) }
    }

    /// The server is not there, not ready, or went away.
    private static let away = [
        "Connection refused", "Connection timed out", "timeout expired", "No route to host",
        "Network is unreachable", "could not translate host name", "Is the server running",
        "the database system is", "too many clients", "remaining connection slots",
        "too many connections", "terminating connection", "server closed the connection",
        "connection to server was lost", "no connection to the server",
        "connection has been closed", "could not receive data", "could not send data",
        "Connection reset by peer", "Broken pipe", "read-only transaction",
    ]
    private static let full = [
        "No space left on device", "could not extend file", "Disk quota exceeded",
        "ERROR:  out of memory",
    ]
    private static let contended = [
        "deadlock detected", "could not serialize access", "due to lock timeout",
        "due to statement timeout",
    ]
    private static let denied = [
        "authentication failed", "no password supplied", "no pg_hba.conf entry", "role \"",
        "database \"", "certificate", "does not support SSL",
    ]

    /// What the server said, on one line: without the statement, which DuckDB puts before it, and
    /// without what follows for programmers, which may repeat values.
    private static func essence(of message: String) -> String {
        var lines = message.split(whereSeparator: \.isNewline)[...]
        if let start = lines.lastIndex(where: { $0.contains("ERROR:  ") || $0.contains("FATAL:  ") }
        ) {
            lines = lines[start...]
        }
        lines = lines.prefix { line in
            !["CONTEXT:", "LINE ", "STATEMENT:", "QUERY:"].contains(where: line.hasPrefix)
        }
        var text = lines.map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
        if let opening = text.firstRange(of: "Unable to connect to Postgres at \""),
            let closing = text[opening.upperBound...].firstRange(of: "\": ")
        {
            text = String(text[closing.upperBound...])
        } else if let mark = text.ranges(of: "ERROR:  ").last ?? text.ranges(of: "FATAL:  ").last {
            text = String(text[mark.lowerBound...])
        }
        return text.count > 500 ? text.prefix(500) + "..." : text
    }
}
