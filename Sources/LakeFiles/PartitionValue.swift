public import DeltaTable
public import DuckDB

/// The text forms of partition values: in the log and in the names of folders.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization
public enum PartitionValue {
    /// An SQL expression for the log's text of a column's value.
    static func logText(of field: DeltaField) -> String {
        let name = SQL.identifier(field.name)
        switch field.type {
        case .timestamp:
            return "strftime(\(name) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
        case .timestampWithoutZone:
            return "strftime(\(name), '%Y-%m-%d %H:%M:%S.%f')"
        case .float, .double:
            return "CASE WHEN isnan(\(name)) THEN 'NaN' WHEN isinf(\(name)) THEN "
                + "CASE WHEN \(name) > 0 THEN 'Infinity' ELSE '-Infinity' END "
                + "ELSE \(name)::VARCHAR END"
        default:
            return "\(name)::VARCHAR"
        }
    }

    /// An SQL expression for the typed value of a text in the log; an empty text is null.
    public static func typed(_ text: String?, as type: DeltaType) -> String {
        guard let text, !text.isEmpty else { return "NULL::\(type.duckDBName)" }
        return "\(SQL.literal(text))::\(type.duckDBName)"
    }

    /// The values of partition columns in files' actions, in the text form that this writer uses.
    ///
    /// Other writers may write a time or a number otherwise.
    public static func canonical(
        _ files: [AddFile],
        fields: [DeltaField],
        on connection: borrowing Connection
    ) throws(DuckDBError) -> [[String?]] {
        let values = files.map { file in
            fields.map { field -> String? in
                let text = file.partitionValues[field.name] ?? nil
                return text?.isEmpty == true ? nil : text
            }
        }
        let isPlain = fields.allSatisfy { [.string, .long, .integer, .date].contains($0.type) }
        guard !isPlain, !fields.isEmpty else { return values }
        let texts = fields.map { logText(of: $0) }.joined(separator: ", ")
        let names = fields.map { SQL.identifier($0.name) }.joined(separator: ", ")
        var known: [[String?]: [String?]] = [:]
        let distinct = Array(Set(values))
        for start in stride(from: 0, to: distinct.count, by: 1000) {
            let some = distinct[start..<min(start + 1000, distinct.count)]
            let rows = some.enumerated().map { index, row in
                let literals = zip(fields, row).map { typed($1, as: $0.type) }
                return "(\(index), \(literals.joined(separator: ", ")))"
            }
            let found = try connection.rows(
                "SELECT \(texts) FROM (VALUES \(rows.joined(separator: ", "))) v(i, \(names)) "
                    + "ORDER BY i"
            )
            for (row, canonical) in zip(some, found) { known[row] = canonical.map(\.string) }
        }
        return values.map { known[$0] ?? $0 }
    }

    /// One component of a data file's folder: `column=value`, both escaped as Hive does.
    ///
    /// The name only helps people; readers take the value from the log. A value too long for a
    /// file name is cut and told apart by a digest.
    static func folder(column: String, text: String?) -> String {
        let value = text.map(escaped) ?? "__HIVE_DEFAULT_PARTITION__"
        let name = escaped(column) + "=" + value
        guard name.utf8.count > 200 else { return name }
        let digest = String(
            name.utf8.reduce(14_695_981_039_346_656_037) { hash, byte in
                (hash ^ UInt64(byte)) &* 1_099_511_628_211
            },
            radix: 16
        )
        return name.prefix(160) + "~" + digest
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.count == 2 ? "%" + digits : "%0" + digits
            }
        }
        return escaped
    }
}
