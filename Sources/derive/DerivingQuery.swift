import Buckets
import DeltaTable
import DuckDB
import Events
import HandlerRuntime
import LakeFiles

/// The SQL file of a derived table: one `SELECT` over the tables of `from`.
struct DerivingQuery {
    /// The file.
    let path: String
    /// What it holds, as it is.
    let text: String
    private let from: [String]

    /// Reads the file.
    ///
    /// - Throws: `HandlerError` where it cannot be read.
    init(path: String, from: [String]) throws(HandlerError) {
        self.path = path
        self.from = from
        do {
            text = String(decoding: try FilePath.read(path), as: UTF8.self)
        } catch {
            throw .failure("QueryMissing", "\(error); put the file there or correct `query`")
        }
    }

    /// XXH3-128 of the text, as `xxhsum -H2` prints it for the file.
    var digest: String {
        Array(text.utf8).withUnsafeBytes { ContentDigest.eTag(of: $0) }
    }

    /// The view that `columns(on:)` makes of the statement.
    let relation = "\"sluice result\""

    /// The columns of the result as the lake keeps them; `_source` and `_seq` are left out.
    ///
    /// - Throws: `HandlerError` that names the file and the line, where it is not one statement that
    ///   reads, or names and types cannot be those of a table.
    func columns(on connection: borrowing Connection) throws(HandlerError) -> [DeltaField] {
        let columns: [QueryResult.Column]
        do throws(DuckDBError) {
            columns = try checked(on: connection)
        } catch {
            throw failure(error.message)
        }
        var names: Set<String> = ["_source", "_seq"]
        var fields: [DeltaField] = []
        for column in columns where !["_source", "_seq"].contains(column.name) {
            guard column.name == ColumnNames.name(of: column.name), !column.name.isEmpty,
                names.insert(column.name).inserted
            else {
                throw failure(
                    "`\(column.name)` is no column name, or stands there twice; give it one of "
                        + "lower-case letters, digits and _ with AS"
                )
            }
            guard let type = DeltaType(column.type) else {
                throw failure(
                    "the lake has no type for the values of `\(column.name)`; cast it, for example "
                        + "to VARCHAR"
                )
            }
            fields.append(DeltaField(name: column.name, type: type))
        }
        guard !fields.isEmpty else { throw failure("the result has no columns") }
        return fields
    }

    /// An error about the query, with its place in the file where DuckDB tells it.
    func failure(_ message: String) -> HandlerError {
        var place = path
        var words = message[...]
        // Behind DuckDB's sentence it shows the line and points at a place in it.
        if let line = Self.line(in: message), let mark = message.firstRange(of: "LINE ") {
            place += ", line \(line)"
            words = message[..<mark.lowerBound]
        }
        let sentence = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let hint =
            message.contains("Table with name")
            ? "; `from` names \(from.joined(separator: ", "))" : ""
        return .failure(
            "QueryFailed",
            "\(place): \(sentence)\(hint); correct the file: the next refresh reads it anew, and so "
                + "does `sluice redrive`"
        )
    }

    /// The statement is prepared as it stands in the file, so that lines count from its first.
    private func checked(
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [QueryResult.Column] {
        let step = "read \(path)"
        let statements = try connection.statements(in: text)
        guard statements.count == 1 else {
            throw DuckDBError(
                step: step,
                message: "there must be one statement, and this is \(statements.count)"
            )
        }
        let statement = try statements.prepare(0)
        guard statement.kind == .select else {
            throw DuckDBError(step: step, message: "the statement must be a SELECT")
        }
        guard statement.parameterNames.isEmpty else {
            throw DuckDBError(
                step: step,
                message: "nobody gives values to parameters ($...) here; write them into the query"
            )
        }
        // A view takes the text as it is, with a semicolon and comments behind it.
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(relation) AS \(text)")
        return try connection.query("SELECT * FROM \(relation) LIMIT 0").columns
    }

    /// The number in DuckDB's `LINE 3: ...`.
    private static func line(in message: String) -> Int? {
        guard let mark = message.firstRange(of: "LINE ") else { return nil }
        return Int(message[mark.upperBound...].prefix { $0.isNumber })
    }
}
