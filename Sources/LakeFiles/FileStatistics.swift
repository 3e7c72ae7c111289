import DeltaTable
import DuckDB

/// Builds the `stats` of an `add` action from what `COPY ... (RETURN_STATS)` tells of a file.
///
/// Counts and bounds are given for columns that are not nested. A bound is left out where JSON or
/// readers could misunderstand it: truth values, bytes, NaN, infinities, years beyond 9999, and
/// texts so long that DuckDB tells no bound. Times are exact to the microsecond, which is right
/// for readers that round bounds to milliseconds and for those that do not.
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics
struct FileStatistics {
    private let columns: [String: [String: String]]
    private let recordCount: Int64

    /// - Parameters:
    ///   - recordCount: Rows of the file.
    ///   - reported: The map `column_statistics` of DuckDB.
    ///   - constants: Columns with one value, of which DuckDB may tell no bounds.
    init(recordCount: Int64, reported: SQLValue, constants: [String: SQLValue] = [:]) {
        self.recordCount = recordCount
        var columns: [String: [String: String]] = [:]
        if case .map(let entries) = reported {
            for entry in entries {
                guard let name = entry.key.string, case .map(let facts) = entry.value else {
                    continue
                }
                for fact in facts {
                    guard let key = fact.key.string else { continue }
                    columns[name, default: [:]][key] = fact.value.string
                }
            }
        }
        for (name, value) in constants {
            guard case .string(let text) = value else { continue }
            columns[SQL.identifier(name), default: [:]].merge(["min": text, "max": text]) { $1 }
        }
        self.columns = columns
    }

    /// Statistics of columns without nulls.
    init(recordCount: Int64, bounds: [String: LakeWriter.Bounds]) {
        self.recordCount = recordCount
        columns = Dictionary(
            uniqueKeysWithValues: bounds.map { name, bounds in
                let facts = ["null_count": "0", "min": bounds.least, "max": bounds.greatest]
                return (SQL.identifier(name), facts)
            }
        )
    }

    /// The JSON text for these columns of the file.
    func json(fields: [DeltaField]) -> String {
        var minima: [String] = []
        var maxima: [String] = []
        var nulls: [String] = []
        for field in fields where !field.type.isNested {
            guard let facts = columns[SQL.identifier(field.name)] else { continue }
            let name = JSONString.quoted(field.name)
            if let count = facts["null_count"], Int64(count) != nil {
                nulls.append("\(name):\(count)")
            }
            guard facts["has_nan"] != "true",
                let least = facts["min"].flatMap({ Self.bound($0, type: field.type) }),
                let greatest = facts["max"].flatMap({ Self.bound($0, type: field.type) })
            else { continue }
            minima.append("\(name):\(least)")
            maxima.append("\(name):\(greatest)")
        }
        return "{\"numRecords\":\(recordCount),\"minValues\":{\(minima.joined(separator: ","))},"
            + "\"maxValues\":{\(maxima.joined(separator: ","))},"
            + "\"nullCount\":{\(nulls.joined(separator: ","))}}"
    }

    private static func bound(_ text: String, type: DeltaType) -> String? {
        switch type {
        case .string: JSONString.quoted(text)
        case .long, .integer, .short, .byte, .float, .double, .decimal:
            text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? text : nil
        case .date: isPlainDate(text) ? "\"\(text)\"" : nil
        case .timestamp: instant(text).map { "\"\($0)\"" }
        default: nil
        }
    }

    private static func isPlainDate(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// `2024-01-02 03:04:05.678+00` as `2024-01-02T03:04:05.678Z`.
    private static func instant(_ text: String) -> String? {
        guard text.hasSuffix("+00") else { return nil }
        let parts = text.dropLast(3).split(separator: " ")
        guard parts.count == 2, isPlainDate(parts[0]) else { return nil }
        return "\(parts[0])T\(parts[1])Z"
    }
}

/// Text as a JSON string.
enum JSONString {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
