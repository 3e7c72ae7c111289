import DuckDB
import Events

/// Bound expressions and table filters as `json_serialize_plan` writes them.
///
/// Whatever is not known here becomes `unknown`, which leaves out no file.
/// https://duckdb.org/docs/stable/data/json/sql_to_and_from_json
extension ScanExpression {
    /// A filter that is pushed into a scan, on the column of this name.
    init(tableFilter filter: JSONValue, on column: String) {
        func children(_ name: String) -> [ScanExpression] {
            (filter[name]?.array ?? []).map { ScanExpression(tableFilter: $0, on: column) }
        }
        switch filter["filter_type"]?.string {
        case "CONSTANT_COMPARISON":
            guard let symbol = Self.symbol(filter["comparison_type"]),
                let value = filter["constant"]
            else {
                self = .unknown
                return
            }
            self = .comparison(symbol, .column(column), ScanExpression(value: value))
        case "IS_NULL": self = .isNull(.column(column))
        case "IS_NOT_NULL": self = .not(.isNull(.column(column)))
        case "CONJUNCTION_AND": self = .all(children("child_filters"))
        case "CONJUNCTION_OR": self = .any(children("child_filters"))
        case "IN_FILTER":
            let values = (filter["values"]?.array ?? []).map { ScanExpression(value: $0) }
            self = .isIn(.column(column), values)
        case "OPTIONAL_FILTER":
            guard let child = filter["child_filter"] else {
                self = .unknown
                return
            }
            self = ScanExpression(tableFilter: child, on: column)
        case "EXPRESSION_FILTER":
            guard let expression = filter["expr"] else {
                self = .unknown
                return
            }
            self = ScanExpression(bound: expression, columns: [column])
        default: self = .unknown
        }
    }

    /// An expression over the columns that a scan hands on, by their places.
    init(bound expression: JSONValue, columns: [String?]) {
        func part(_ value: JSONValue?) -> ScanExpression {
            value.map { ScanExpression(bound: $0, columns: columns) } ?? .unknown
        }
        let children = (expression["children"]?.array ?? []).map { part($0) }
        switch (expression["expression_class"]?.string, expression["type"]?.string) {
        case ("BOUND_REF", _):
            let index = Int(expression["index"]?.integer ?? 0)
            let name = columns.indices.contains(index) ? columns[index] : nil
            self = name.map(ScanExpression.column) ?? .unknown
        case ("BOUND_CONSTANT", _):
            self = expression["value"].map { ScanExpression(value: $0) } ?? .unknown
        case ("BOUND_COMPARISON", _):
            guard let symbol = Self.symbol(expression["type"]) else {
                self = .unknown
                return
            }
            self = .comparison(symbol, part(expression["left"]), part(expression["right"]))
        case ("BOUND_CONJUNCTION", "CONJUNCTION_AND"): self = .all(children)
        case ("BOUND_CONJUNCTION", "CONJUNCTION_OR"): self = .any(children)
        case ("BOUND_OPERATOR", "OPERATOR_IS_NULL"): self = .isNull(children.first ?? .unknown)
        case ("BOUND_OPERATOR", "OPERATOR_IS_NOT_NULL"):
            self = .not(.isNull(children.first ?? .unknown))
        case ("BOUND_OPERATOR", "OPERATOR_NOT"): self = .not(children.first ?? .unknown)
        case ("BOUND_OPERATOR", "COMPARE_IN"):
            self = .isIn(children.first ?? .unknown, Array(children.dropFirst()))
        case ("BOUND_OPERATOR", "COMPARE_NOT_IN"):
            self = .not(.isIn(children.first ?? .unknown, Array(children.dropFirst())))
        case ("BOUND_BETWEEN", _):
            let input = part(expression["input"])
            let isAtLeast = expression["lower_inclusive"] == .bool(true)
            let isAtMost = expression["upper_inclusive"] == .bool(true)
            self = .all([
                .comparison(isAtLeast ? ">=" : ">", input, part(expression["lower"])),
                .comparison(isAtMost ? "<=" : "<", input, part(expression["upper"])),
            ])
        case ("BOUND_CAST", _) where expression["try_cast"] != .bool(true):
            guard let type = expression["return_type"].flatMap(Self.typeName) else {
                self = .unknown
                return
            }
            self = .cast(part(expression["child"]), type)
        case ("BOUND_FUNCTION", _):
            self = expression["name"]?.string.map { .function($0, children) } ?? .unknown
        default: self = .unknown
        }
    }

    /// A value with its type.
    private init(value: JSONValue) {
        guard value["is_null"] == .bool(false), let type = value["type"].flatMap(Self.typeName),
            let constant = Self.constant(value["value"], type, value["type"])
        else {
            self = .unknown
            return
        }
        self = .constant(sql: "\(constant.sql)::\(type)", text: constant.text)
    }

    private static func constant(
        _ value: JSONValue?,
        _ type: String,
        _ fullType: JSONValue?
    ) -> (sql: String, text: String)? {
        switch (type, value) {
        case ("VARCHAR", .string(let text)): return (SQL.literal(text), SQL.literal(text))
        case ("BOOLEAN", .bool(let truth)): return ("\(truth)", "\(truth)")
        case ("DOUBLE", .double(let number)), ("FLOAT", .double(let number)):
            // Behind an exponent a number is a DOUBLE, without one a DECIMAL that may be too long.
            return ("'\(number)'", "\(number)")
        case ("DOUBLE", .integer(let number)), ("FLOAT", .integer(let number)):
            return ("'\(number)'", "\(number)")
        case ("DATE", .integer(let days)):
            let text = UTCTime.iso8601(microseconds: days * 86_400_000_000).prefix(10)
            return ("make_date(\(days)::INTEGER)", "DATE '\(text)'")
        case ("TIMESTAMP", .integer(let time)):
            return ("make_timestamp(\(time)::BIGINT)", "TIMESTAMP '\(instant(time).dropLast())'")
        case ("TIMESTAMP WITH TIME ZONE", .integer(let time)):
            return ("make_timestamptz(\(time)::BIGINT)", "TIMESTAMPTZ '\(instant(time))'")
        case (_, .integer(let number)) where type.hasPrefix("DECIMAL"):
            let text = decimal(number, scale: fullType?["type_info"]?["scale"]?.integer ?? 0)
            return ("'\(text)'", text)
        case (_, .integer(let number)) where wholeNumbers.contains(type):
            return ("(\(number))", "\(number)")
        default: return nil
        }
    }

    private static func instant(_ microseconds: Int64) -> String {
        UTCTime.iso8601(microseconds: microseconds)
    }

    private static func decimal(_ unscaled: Int64, scale: Int64) -> String {
        let digits = String(unscaled.magnitude)
        let padded = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count)) + digits
        let sign = unscaled < 0 ? "-" : ""
        guard scale > 0 else { return sign + padded }
        return sign + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
    }

    private static func symbol(_ comparison: JSONValue?) -> String? {
        switch comparison?.string {
        case "COMPARE_EQUAL": "="
        case "COMPARE_NOTEQUAL": "<>"
        case "COMPARE_LESSTHAN": "<"
        case "COMPARE_LESSTHANOREQUALTO": "<="
        case "COMPARE_GREATERTHAN": ">"
        case "COMPARE_GREATERTHANOREQUALTO": ">="
        case "COMPARE_DISTINCT_FROM": "IS DISTINCT FROM"
        case "COMPARE_NOT_DISTINCT_FROM": "IS NOT DISTINCT FROM"
        default: nil
        }
    }

    private static let wholeNumbers: Set = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"]
    private static let plainTypes = wholeNumbers.union([
        "BOOLEAN", "DOUBLE", "FLOAT", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "VARCHAR",
    ])

    /// The name of a type that has no more to it than its name.
    private static func typeName(_ type: JSONValue) -> String? {
        guard let name = type["id"]?.string else { return nil }
        guard let details = type["type_info"], details != .null else {
            return plainTypes.contains(name) ? name : nil
        }
        guard name == "DECIMAL", let width = details["width"]?.integer else { return nil }
        return "DECIMAL(\(width),\(details["scale"]?.integer ?? 0))"
    }
}
