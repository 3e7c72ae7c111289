import DeltaTable
import DuckDB
import FunctionConfig
import LakeFiles

/// Partitions computed as `bucket(16, item)`: a filter on `item` tells their number.
extension FileFacts {
    /// The partition columns of which the table's settings say so.
    static func buckets(
        of metadata: Metadata
    ) -> [(column: String, source: String, count: Int)] {
        metadata.partitionColumns.compactMap { column in
            guard let text = metadata.configuration[LakeFiles.computedPrefix + column],
                let partition = ComputedPartition(text), partition.name == column,
                case .bucket(let count) = partition.transform
            else { return nil }
            return (column, partition.source, count)
        }
    }

    /// A condition that is true for every file which may hold a row in which a column equals a value;
    /// `nil` where no bucket tells.
    ///
    /// Other programs may give the partition column any value, so their files stay.
    func inBucket(_ column: ScanExpression, _ value: ScanExpression) -> String? {
        guard case .column(let name) = column, case .constant(let sql, _) = value,
            let field = table.snapshot.schema[name], Self.hasOneText(field.type)
        else { return nil }
        let text = "CAST(CAST(\(sql) AS \(field.type.duckDBName)) AS VARCHAR)"
        let conditions = buckets.filter { $0.source == name }.compactMap { bucket in
            number(bucket.column).map { number in
                "(ours = 0 OR coalesce(value\(number) = \(SQL.bucket(of: text, count: bucket.count)), false))"
            }
        }
        return conditions.isEmpty ? nil : conditions.joined(separator: " AND ")
    }

    /// Whether equal values of a type have equal texts, in which buckets are computed: 0 and -0 are
    /// equal numbers.
    private static func hasOneText(_ type: DeltaType) -> Bool {
        switch type {
        case .string, .long, .integer, .short, .byte, .date: true
        default: false
        }
    }
}
