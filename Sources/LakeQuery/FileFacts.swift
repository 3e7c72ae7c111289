import DeltaTable
import DuckDB
import LakeFiles

/// What a log says of files, as columns of a relation, and conditions on them.
final class FileFacts {
    let table: LakeTable
    private let partitions: Set<String>
    /// Partition columns that are computed as `bucket(count, source)`.
    let buckets: [(column: String, source: String, count: Int)]
    /// The columns of which conditions speak; their facts are named by their places here.
    private(set) var columns: [DeltaField] = []

    init(_ table: LakeTable) {
        self.table = table
        partitions = Set(table.snapshot.metadata.partitionColumns)
        buckets = Self.buckets(of: table.snapshot.metadata)
    }

    /// Whether a column has one value in each file, which the log names.
    func isPartition(_ field: DeltaField) -> Bool { partitions.contains(field.name) }

    /// A condition that is true for every file which may hold a row that fulfils the
    /// expression; `nil` when that may be any file.
    func mayHold(_ expression: ScanExpression) -> String? {
        if let sql = exact(expression) { return "coalesce(\(sql), false)" }
        switch expression {
        case .all(let parts):
            let known = parts.compactMap(mayHold)
            return known.isEmpty ? nil : "(\(known.joined(separator: " AND ")))"
        case .any(let parts):
            let known = parts.compactMap(mayHold)
            guard !known.isEmpty, known.count == parts.count else { return nil }
            return "(\(known.joined(separator: " OR ")))"
        case .comparison(let symbol, let left, let right): return compared(symbol, left, right)
        case .isIn(let value, let list) where list.count <= 500:
            return mayHold(.any(list.map { .comparison("=", value, $0) }))
        case .isNull(.column(let name)):
            return number(name).map { "coalesce(nulls\($0) > 0, true)" }
        case .not(.isNull(.column(let name))):
            return number(name).map { "coalesce(nulls\($0) < records, true)" }
        default: return nil
        }
    }

    private func compared(
        _ symbol: String,
        _ left: ScanExpression,
        _ right: ScanExpression
    ) -> String? {
        let bucket = symbol == "=" ? inBucket(left, right) ?? inBucket(right, left) : nil
        guard let bucket else { return bounded(symbol, left, right) }
        return bounded(symbol, left, right).map { "(\($0) AND \(bucket))" } ?? bucket
    }

    private func bounded(
        _ symbol: String,
        _ left: ScanExpression,
        _ right: ScanExpression
    ) -> String? {
        guard let a = bounds(left), let b = bounds(right) else { return nil }
        let condition: String
        switch symbol {
        case "=": condition = "\(a.low) <= \(b.high) AND \(b.low) <= \(a.high)"
        case "<", "<=": condition = "\(a.low) \(symbol) \(b.high)"
        case ">", ">=": condition = "\(a.high) \(symbol) \(b.low)"
        default: return nil
        }
        // Null is never equal, less or greater.
        let hasValues = Set([a.column, b.column]).compactMap(\.self)
            .map { " AND coalesce(nulls\($0) < records, true)" }.sorted()
        return "(coalesce(\(condition), true)\(hasValues.joined()))"
    }

    /// Between what an expression's values lie in a file; the number of the column that it takes
    /// them from, if it is one without a single value.
    private struct Bounds {
        let low: String
        let high: String
        let column: Int?

        /// Bounds under a function that never puts a greater value before a smaller one.
        func mapped(_ function: (String) -> String) -> Bounds {
            Bounds(low: function(low), high: function(high), column: column)
        }
    }

    private func bounds(_ expression: ScanExpression) -> Bounds? {
        if let sql = exact(expression) { return Bounds(low: sql, high: sql, column: nil) }
        switch expression {
        case .column(let name):
            return number(name).map { Bounds(low: "low\($0)", high: "high\($0)", column: $0) }
        case .cast(.column(let name), let type):
            guard let field = table.snapshot.schema[name],
                Self.isMonotonic(from: field.type, to: type)
            else { return nil }
            return bounds(.column(name))?.mapped { "TRY_CAST(\($0) AS \(type))" }
        case .function("date_trunc", let parts) where parts.count == 2:
            guard case .constant(let unit, _) = parts[0] else { return nil }
            return bounds(parts[1])?.mapped { "date_trunc(\(unit), \($0))" }
        case .function("year", let parts) where parts.count == 1:
            return bounds(parts[0])?.mapped { "year(\($0))" }
        default: return nil
        }
    }

    private static func isMonotonic(from type: DeltaType, to name: String) -> Bool {
        switch type {
        case .long, .integer, .short, .byte, .float, .double, .decimal:
            name.hasPrefix("DECIMAL") || ["INTEGER", "BIGINT", "FLOAT", "DOUBLE"].contains(name)
        case .date, .timestamp, .timestampWithoutZone:
            name == "DATE" || name.hasPrefix("TIMESTAMP")
        default: false
        }
    }

    /// An expression of partition columns, which have one value in each file; `nil` for others.
    private func exact(_ expression: ScanExpression) -> String? {
        func list(_ parts: [ScanExpression], _ separator: String) -> String? {
            let texts = parts.compactMap(exact)
            guard texts.count == parts.count, !texts.isEmpty else { return nil }
            return "(\(texts.joined(separator: separator)))"
        }
        switch expression {
        case .column(let name):
            return partitions.contains(name) ? number(name).map { "value\($0)" } : nil
        case .constant(let sql, _): return sql
        case .comparison(let symbol, let left, let right):
            return list([left, right], " \(symbol) ")
        case .all(let parts): return list(parts, " AND ")
        case .any(let parts): return list(parts, " OR ")
        case .not(let part): return exact(part).map { "(NOT \($0))" }
        case .isNull(let part): return exact(part).map { "(\($0) IS NULL)" }
        case .isIn(let value, let values):
            guard let value = exact(value), let values = list(values, ", ") else { return nil }
            return "(\(value) IN \(values))"
        case .cast(let part, let type): return exact(part).map { "CAST(\($0) AS \(type))" }
        case .function(let name, let parts) where Self.plainFunctions.contains(name):
            return list(parts, ", ").map { "\(SQL.identifier(name))\($0)" }
        case .function, .unknown: return nil
        }
    }

    /// Functions whose value depends on nothing but their arguments.
    private static let plainFunctions: Set = [
        "+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "abs", "ceil", "concat", "contains",
        "date_part", "date_trunc", "day", "dayofweek", "ends_with", "floor", "hour", "lcase",
        "left",
        "length", "lower", "month", "prefix", "quarter", "regexp_full_match", "regexp_matches",
        "replace", "right", "round", "starts_with", "strftime", "strip_accents", "substr",
        "substring", "suffix", "trim", "ucase", "upper", "week", "weekofyear", "year", "yearweek",
    ]

    /// The number by which facts of a column are named; `nil` for a column of no known facts.
    func number(_ name: String) -> Int? {
        guard let field = table.snapshot.schema[name], field.name.utf8.allSatisfy(Self.isPlain)
        else { return nil }
        if let index = columns.firstIndex(of: field) { return index }
        columns.append(field)
        return columns.count - 1
    }

    /// Names for which `->` takes no path of JSON.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: " "):
            true
        default: false
        }
    }
}
