/// A condition on the rows of one scan of a table, or a part of one.
///
/// It is made from what DuckDB's optimizer leaves at the scan, and serves to show it and to leave
/// out files whose rows cannot fulfil it.
indirect enum ScanExpression: Equatable, Sendable {
    /// A column of the table.
    case column(String)
    /// A value: `sql` is exact and typed, `text` is for people.
    case constant(sql: String, text: String)
    /// Two values compared; the operator is SQL's.
    case comparison(String, ScanExpression, ScanExpression)
    /// Conditions that all hold.
    case all([ScanExpression])
    /// Conditions of which one holds at least.
    case any([ScanExpression])
    /// A condition that is false.
    case not(ScanExpression)
    /// A value that is null.
    case isNull(ScanExpression)
    /// A value that is one of these.
    case isIn(ScanExpression, [ScanExpression])
    /// A value as another type, named as in SQL.
    case cast(ScanExpression, String)
    /// A function's value.
    case function(String, [ScanExpression])
    /// Something that only DuckDB understands.
    case unknown

    /// The condition in SQL, as people write it; `nil` where a part is unknown.
    var text: String? {
        switch self {
        case .column(let name): return name
        case .constant(_, let text): return text
        case .comparison(let symbol, let left, let right):
            return Self.joined([left, right], " \(symbol) ")
        case .all(let parts): return Self.joined(parts, " AND ")
        case .any(let parts): return Self.joined(parts, " OR ").map { "(\($0))" }
        case .not(.isNull(let part)): return part.text.map { "\($0) IS NOT NULL" }
        case .not(.isIn(let value, let list)):
            guard let value = value.text, let list = Self.joined(list, ", ") else { return nil }
            return "\(value) NOT IN (\(list))"
        case .not(let part): return part.text.map { "NOT \($0)" }
        case .isNull(let part): return part.text.map { "\($0) IS NULL" }
        case .isIn(let value, let list):
            guard let value = value.text, let list = Self.joined(list, ", ") else { return nil }
            return "\(value) IN (\(list))"
        case .cast(let part, let type): return part.text.map { "\($0)::\(type)" }
        case .function("~~", let parts): return Self.joined(parts, " LIKE ")
        case .function(let name, let parts) where name.utf8.allSatisfy(Self.isSymbol):
            return Self.joined(parts, " \(name) ").map { parts.count == 2 ? $0 : "\(name)\($0)" }
        case .function(let name, let parts):
            return Self.joined(parts, ", ").map { "\(name)(\($0))" }
        case .unknown: return nil
        }
    }

    private static func joined(_ parts: [ScanExpression], _ separator: String) -> String? {
        let texts = parts.compactMap(\.text)
        return texts.count == parts.count ? texts.joined(separator: separator) : nil
    }

    private static func isSymbol(_ byte: UInt8) -> Bool {
        "+-*/%|&<>!^~=".utf8.contains(byte)
    }
}
