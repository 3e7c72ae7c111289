import DuckDB

/// What `query` runs: one statement that only reads.
enum StatementRules {
    /// Refuses what is no single statement, or begins as one that writes.
    static func requireOneStatement(
        _ sql: String,
        on connection: borrowing Connection
    ) throws {
        let count: Int
        do {
            count = try connection.statements(in: sql).count
        } catch { throw QueryError.sql(error) }
        guard count == 1 else {
            throw QueryError.failed("`query` runs one statement at a time; this is \(count)")
        }
        // Prepared, such a statement would fail for a table that is not there, which says less.
        guard !writingWords.contains(firstWord(of: sql)) else { throw onlyReads }
    }

    /// Refuses what may change a database, a file or a setting.
    static func requireReadOnly(
        _ statement: borrowing PreparedStatement,
        _ sql: String
    ) throws {
        switch statement.kind {
        case .select: break
        case .explain where !sql.lowercased().contains("analyze"): break
        case .explain:
            throw QueryError.failed("EXPLAIN ANALYZE runs what it explains; leave ANALYZE out")
        case .transaction, .other: throw onlyReads
        }
    }

    /// The first word that is no comment, in lower case.
    static func firstWord(of sql: String) -> String {
        var rest = sql.trimmed
        while true {
            if rest.hasPrefix("--") {
                rest = rest.drop { $0 != "\n" }.trimmed
            } else if rest.hasPrefix("/*"), let end = rest.firstRange(of: "*/") {
                rest = rest[end.upperBound...].trimmed
            } else {
                return rest.drop { !$0.isLetter }.prefix { $0.isLetter }.lowercased()
            }
        }
    }

    private static let writingWords: Set = [
        "alter", "attach", "copy", "create", "delete", "detach", "drop", "export", "import",
        "insert", "merge", "truncate", "update",
    ]
    private static let onlyReads = QueryError.failed(
        "`query` only reads: give it one SELECT, FROM, VALUES, WITH, DESCRIBE or SHOW"
    )
}
