import Buckets
import DuckDB
import Events
import HandlerRuntime

/// A table's `transform`: one `SELECT` over `source`, the good rows of one version.
struct Transform: Sendable {
    let path: String
    private let statement: String
    private let keys: [String]
    private let source: [String]
    private let storable: StorableValues

    /// Reads the file.
    ///
    /// `source` are the columns that it selects from, `keys` columns of its result that must have a
    /// value, `storable` what the warehouse can hold.
    init(
        path: String,
        source: [String],
        keys: [String],
        storable: StorableValues
    ) throws(HandlerError) {
        self.path = path
        self.storable = storable
        self.source = source
        self.keys = keys
        do {
            var text = String(decoding: try FilePath.read(path), as: UTF8.self)
            while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
            statement = text
        } catch {
            throw .failure(
                "TransformMissing",
                "\(error); put the file there or correct `transform`"
            )
        }
    }

    /// The result's columns for a source with the given ones.
    func columns(
        of source: [ColumnType.Field],
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [ColumnType.Field] {
        let values = source.map { "CAST(NULL AS \($0.type.sqlName)) AS \(SQL.identifier($0.name))" }
        let empty = "(SELECT \(values.joined(separator: ", ")) WHERE false)"
        let result = try connection.query("SELECT * FROM \(applied(to: empty)) LIMIT 0")
        var names: Set<String> = ["_source", "_seq"]
        let columns = result.columns.filter { !names.contains($0.name) }
        for column in columns {
            guard column.name == ColumnNames.name(of: column.name), !column.name.isEmpty,
                names.insert(column.name).inserted
            else {
                throw DuckDBError(
                    step: "name the columns of the result",
                    message:
                        "`\(column.name)` is no column name, or stands there twice; give it one "
                        + "of lower-case letters, digits and _ with AS"
                )
            }
        }
        return columns.map { ColumnType.Field(name: $0.name, type: ColumnType($0.type)) }
    }

    /// SQL of the result with each column as its type, bad rows left out.
    func relation(over rows: String, columns: [ColumnType.Field]) -> String {
        let values = columns.map { field in
            let name = SQL.identifier(field.name)
            return "CAST(\(name) AS \(field.type.sqlName)) AS \(name)"
        }
        let filter = badCase(columns).map { " WHERE (\($0)) IS NULL" } ?? ""
        return "(SELECT \(values.joined(separator: ", ")) FROM \(applied(to: rows))\(filter))"
    }

    /// Counts the result's rows and puts the bad ones, without a key or with a value that the
    /// warehouse cannot hold, into quarantine.
    func count(
        over rows: String,
        _ columns: [ColumnType.Field],
        _ manifest: Manifest,
        _ quarantine: inout Quarantine.Writer,
        _ connection: borrowing Connection
    ) throws -> Int {
        // Every value is computed, so that one that fails is known before anything is written.
        let figures = try connection.rows(
            "SELECT count(*), bit_xor(hash(t)) FROM \(applied(to: rows)) t"
        )
        let total = figures.first?.first?.int ?? 0
        guard let badCase = badCase(columns) else { return total }
        let result = try connection.query(
            "SELECT \(badCase), CAST(to_json(t) AS VARCHAR) FROM \(applied(to: rows)) t "
                + "WHERE (\(badCase)) IS NOT NULL"
        )
        var bad = 0
        while let chunk = try result.nextChunk() {
            for row in 0..<chunk.rowCount {
                bad += 1
                let defect = defects(columns)[chunk.value(column: 0, row: row).int ?? 0]
                let text = chunk.value(column: 1, row: row).string ?? ""
                try quarantine.add(
                    BadRow(
                        source: manifest.source.source,
                        sequencer: manifest.source.sequencer,
                        line: nil,
                        record: nil,
                        column: defect.column,
                        value: nil,
                        reason: defect.reason,
                        raw: BadRow.raw(text.utf8)
                    )
                )
            }
        }
        return total - bad
    }

    /// The refusal of a version for which the statement fails.
    func refusal(_ manifest: Manifest, _ error: DuckDBError) -> VersionRefusal {
        VersionRefusal(
            source: manifest.source,
            type: "TransformFailed",
            message: "\(manifest.source.source): \(path): \(error.message); correct the statement, "
                + "then `sluice redrive`"
        )
    }

    private func applied(to rows: String) -> String {
        let names = source.map { SQL.identifier($0) }.joined(separator: ", ")
        // The statement's last line may be a comment, so it ends with a line break.
        return "(WITH source AS (SELECT \(names) FROM \(rows)) SELECT * FROM (\(statement)\n))"
    }

    /// SQL of the number of what is wrong with a row; nil where nothing can be.
    private func badCase(_ columns: [ColumnType.Field]) -> String? {
        let cases = defects(columns).enumerated().map {
            " WHEN \($0.element.condition) THEN \($0.offset)"
        }
        return cases.isEmpty ? nil : "CASE\(cases.joined()) END"
    }

    /// What can be wrong with a row.
    private func defects(
        _ columns: [ColumnType.Field]
    ) -> [(condition: String, column: String?, reason: String)] {
        let limits = columns.compactMap { field in
            storable.limit(ofValue: SQL.identifier(field.name), as: field.type).map {
                (condition: $0.condition, column: Optional(field.name), reason: $0.reason)
            }
        }
        guard !keys.isEmpty else { return limits }
        let reason =
            "a key (\(keys.joined(separator: ", "))) has no value behind `transform`; it identifies "
            + "rows, so it must have one"
        return [(condition: withoutKey, column: nil, reason: reason)] + limits
    }

    private var withoutKey: String {
        keys.map { key in
            let parts = key.split(separator: ".").map(String.init)
            let column = SQL.identifier(parts.first ?? "")
            let value = parts.dropFirst().reduce(column) {
                "struct_extract(\($0), \(SQL.literal($1)))"
            }
            return "(\(value)) IS NULL"
        }.joined(separator: " OR ")
    }
}
