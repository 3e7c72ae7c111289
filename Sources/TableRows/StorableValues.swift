import DuckDB
import Events
import FunctionConfig

/// What a warehouse cannot hold although it is a value of its type: such a row is bad, for `convert`
/// as for `load`, so that lake and warehouse hold the same rows.
struct StorableValues: Sendable, Equatable {
    private let isPostgres: Bool

    /// No limits.
    static let all = StorableValues(isPostgres: false)

    private init(isPostgres: Bool) { self.isPostgres = isPostgres }

    /// The limits of a warehouse; a DuckDB file has none.
    init(_ warehouse: Warehouse) {
        self.isPostgres = if case .postgres = warehouse { true } else { false }
    }

    /// A value that cannot be held: SQL that holds for it, and why.
    struct Limit {
        let condition: String
        let reason: String
    }

    /// The limit for the text that a value is read from; nil where every text is good.
    ///
    /// Days and times that can be written in text are all within PostgreSQL's.
    func limit(ofText text: String, as type: ColumnType) -> Limit? {
        guard isPostgres, Self.holdsText(type) else { return nil }
        let condition =
            type.isScalar ? "contains(\(text), chr(0))" : Self.escapesNUL(in: text)
        return Limit(condition: condition, reason: Self.aboutNUL)
    }

    /// The limit for a value; nil where every value is good.
    func limit(ofValue expression: String, as type: ColumnType) -> Limit? {
        guard isPostgres else { return nil }
        let value = "CAST(\(expression) AS \(type.sqlName))"
        switch type {
        case .date:
            return Limit(
                condition: "isfinite(\(value)) AND NOT \(value) BETWEEN "
                    + "DATE '4713-01-01 (BC)' AND DATE '5874897-12-31'",
                reason: "PostgreSQL has no such day"
            )
        case .timestamp:
            return Limit(
                condition: "isfinite(\(value)) AND \(value) < "
                    + "TIMESTAMPTZ '4713-01-01 (BC) 00:00:00+00'",
                reason: "PostgreSQL has no such time"
            )
        case .string, .void:
            return Limit(condition: "contains(\(value), chr(0))", reason: Self.aboutNUL)
        case .array, .struct:
            guard Self.holdsText(type) else { return nil }
            let text = "CAST(to_json(\(value)) AS VARCHAR)"
            return Limit(condition: Self.escapesNUL(in: text), reason: Self.aboutNUL)
        default: return nil
        }
    }

    private static let aboutNUL =
        "the text holds the character U+0000, which PostgreSQL cannot store"

    /// SQL that holds for JSON text with an escaped U+0000, the backslash itself not escaped.
    private static func escapesNUL(in json: String) -> String {
        "(contains(\(json), '\\u0000') AND "
            + "regexp_matches(\(json), '(^|[^\\\\])(\\\\\\\\)*\\\\u0000'))"
    }

    private static func holdsText(_ type: ColumnType) -> Bool {
        switch type {
        case .string, .void: true
        case .array(let element): holdsText(element)
        case .struct(let fields): fields.contains { holdsText($0.type) }
        default: false
        }
    }
}
