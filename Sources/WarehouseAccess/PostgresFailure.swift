import DuckDB
import FunctionConfig
import HandlerRuntime

/// What an error of a PostgreSQL server, as DuckDB repeats it, means for the run.
///
/// DuckDB hands on the server's words and not its error codes, so words are all there is to go by;
/// a server that speaks another language is understood less well and never worse than as a failure.
struct PostgresFailure {
    private let words: String
    private let column: String?
    private let server: PostgresServer

    init(_ error: DuckDBError, of server: PostgresServer) {
        self.server = server
        words = Self.essence(of: error.message)
        column = Self.column(in: error.message)
    }

    /// Whether an error comes from a server or from the way to it, and not from DuckDB's own work.
    static func isOfServer(_ error: DuckDBError) -> Bool {
        [
            "ERROR:  ", "FATAL:  ", "Postgres", "PQputCopy", "PQgetResult", "Failed to copy data",
            "Failed to prepare COPY", "Failed to execute query", "server closed the connection",
        ].contains { error.message.contains($0) }
    }

    /// The error that the run ends with.
    var error: HandlerError {
        let place = "the PostgreSQL warehouse \(server)"
        if says(Self.away) {
            return .notNow(
                "WarehouseAway",
                "\(place) cannot be reached now: \(words); see that it runs and has room for "
                    + "connections"
            )
        }
        if says(Self.full) {
            return .notNow("WarehouseFull", "\(place) has no room: \(words); free some there")
        }
        if says(Self.contended) {
            return .notNow(
                "WarehouseBusy",
                "\(place) is busy with other work: \(words); end what holds the table there, see "
                    + "pg_stat_activity"
            )
        }
        if says(Self.denied) {
            return .failure(
                "WarehouseDenied",
                "\(place) lets nobody in: \(words); correct user, password or database in "
                    + "`warehouse`, or what the server allows"
            )
        }
        if says(Self.forbidden) {
            return .failure(
                "WarehouseDenied",
                "\(place) does not allow it: \(words); the user of `warehouse` needs USAGE and CREATE "
                    + "on the schema \(server.schema), and must own the tables in it"
            )
        }
        if says(["used by a view or rule", "depend on it"]) {
            return .failure(
                "WarehouseInUse",
                "\(place) has something that depends on the table: \(words); drop it there, "
                    + "`sluice redrive`, then make it again"
            )
        }
        if says(Self.refused) {
            let which = column.map { " for the column \($0)" } ?? ""
            return .input(
                "ValueRefused",
                "\(place) refused a value\(which): \(words); correct the file, or what the table "
                    + "there demands"
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
        "connection to server was lost", "no connection to the server", "connection not open",
        "connection has been closed", "could not receive data", "could not send data",
        "Connection reset by peer", "Broken pipe", "read-only transaction",
    ]
    private static let full = [
        "No space left on device", "could not extend file", "Disk quota exceeded",
        "ERROR:  out of memory",
    ]
    private static let contended = [
        "deadlock detected", "could not serialize access", "could not obtain lock",
        "due to lock timeout", "due to statement timeout",
    ]
    private static let denied = [
        "authentication failed", "no password supplied", "no pg_hba.conf entry", "certificate",
        "does not support SSL", "is not permitted to log in", "FATAL:  role", "FATAL:  database",
        "permission denied for database",
    ]
    private static let forbidden = ["permission denied", "must be owner"]
    private static let refused = [
        "NULL-byte", "out of range", "row is too big", "invalid byte sequence",
        "unsupported Unicode escape", "violates", "value too long", "too large", "too long",
        "exceeds", "invalid input syntax", "invalid memory alloc", "no partition of relation",
    ]

    /// What the server said, on one line: without the statement, which DuckDB puts before it, and
    /// without what follows for programmers, which may repeat values.
    private static func essence(of message: String) -> String {
        var lines = message.split(whereSeparator: \.isNewline)[...]
        if let start = lines.lastIndex(where: { $0.contains("ERROR:  ") || $0.contains("FATAL:  ") }
        ) {
            lines = lines[start...]
        }
        let details = [
            "DETAIL:", "CONTEXT:", "LINE ", "STATEMENT:", "QUERY:", "Stack Trace:", "* SET",
        ]
        lines = lines.prefix { line in !details.contains(where: line.hasPrefix) }
        var text = lines.map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
        if let mark = text.ranges(of: "ERROR:  ").last ?? text.ranges(of: "FATAL:  ").last,
            !text.contains("Unable to connect")
        {
            text = String(text[mark.lowerBound...])
        } else if ["Unable to connect to Postgres at \"", "Failed to execute query \""].contains(
            where: text.contains
        ), let closing = text.ranges(of: "\": ").last {
            text = String(text[closing.upperBound...])
        }
        for own in ["INTERNAL Error: ", "IO Error: ", "Invalid Input Error: "] {
            text.trimPrefix(own)
        }
        while text.hasSuffix(".") { text.removeLast() }
        return text.count > 500 ? text.prefix(500) + "..." : text
    }

    /// The column in `CONTEXT:  COPY t, line 3, column c`, or in `null value in column "c"`.
    private static func column(in message: String) -> String? {
        for (opening, closing) in [(", column ", [":", "\n"]), ("in column \"", ["\""])] {
            guard let start = message.firstRange(of: opening)?.upperBound else { continue }
            let name = message[start...].prefix { !closing.contains(String($0)) }
            if !name.isEmpty { return String(name) }
        }
        return nil
    }
}
