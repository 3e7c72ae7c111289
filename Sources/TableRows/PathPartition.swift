import Events

/// A `key=value` folder in the path of an object, as Hive writes partitions.
public struct PathPartition: Equatable, Sendable {
    /// The key as it stands in the path, decoded.
    public var original: String
    /// The column's name in tables.
    public var column: String
    /// The value, decoded; nil for Hive's default partition.
    public var value: String?

    /// The folders of a key, outermost first; of repeated keys the innermost.
    public static func all(inKey key: String) -> [PathPartition] {
        var found: [PathPartition] = []
        for folder in key.split(separator: "/").dropLast() {
            guard let equals = folder.firstIndex(of: "="), equals != folder.startIndex else {
                continue
            }
            let original = URLEncodedKey.decodePercent(String(folder[..<equals]))
            let column = ColumnNames.name(of: original)
            guard !column.isEmpty else { continue }
            let value = URLEncodedKey.decodePercent(String(folder[folder.index(after: equals)...]))
            found.removeAll { $0.column == column }
            found.append(
                PathPartition(
                    original: original,
                    column: column,
                    value: value == "__HIVE_DEFAULT_PARTITION__" ? nil : value
                )
            )
        }
        return found
    }
}
