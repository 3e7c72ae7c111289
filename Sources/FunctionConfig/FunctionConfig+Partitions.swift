import Events

extension FunctionConfig {
    /// Reads `partitionBy`: the columns' names, and how those are computed that are not in files.
    static func readPartitions(_ reader: SettingsReader) -> ([String], [ComputedPartition]) {
        var computed: [ComputedPartition] = []
        let columns = (reader.strings("partitionBy") ?? []).map { text in
            guard text.contains("(") else { return text }
            guard let partition = ComputedPartition(text) else {
                reader.add(
                    "partitionBy",
                    "`\(text)` cannot be computed",
                    "use a column, or year(c), month(c), day(c), hour(c) of a date or time, or "
                        + "bucket(N, c) with 1 to \(ComputedPartition.mostBuckets) buckets"
                )
                return text
            }
            computed.append(partition)
            return partition.name
        }
        return (columns, computed)
    }

    static func checkPartitions(_ table: TableSettings, _ reader: SettingsReader) {
        if table.mode == .replacePartitions, table.partitionBy.isEmpty {
            reader.add(
                "partitionBy",
                "mode replace_partitions needs partitions",
                "name the columns whose values part the table"
            )
        }
        for (index, column) in table.partitionBy.enumerated()
        where table.partitionBy[..<index].contains(column) {
            reader.add("partitionBy", "`\(column)` stands there twice", "keep one")
        }
        for column in table.partitionBy + table.computedPartitions.map(\.source)
        where ["_source", "_seq"].contains(column) {
            reader.add(
                "partitionBy",
                "`\(column)` cannot be a partition",
                "use a column of the data"
            )
        }
        for partition in table.computedPartitions where !isColumnName(partition.source) {
            reader.add(
                "partitionBy",
                "`\(partition.source)` is not how a column is called in the table",
                "use lower-case letters, digits and _"
            )
        }
        for partition in table.computedPartitions where namesColumn(table, partition.name) {
            reader.add(
                "partitionBy",
                "`\(partition)` makes a column `\(partition.name)`, which the settings name as well",
                "call that one otherwise"
            )
        }
        for column in table.columns where !column.type.isScalar {
            guard
                (table.partitionBy + table.computedPartitions.map(\.source)).contains(column.name)
            else { continue }
            reader.add(
                "partitionBy",
                "`\(column.name)` is nested",
                "use a column of text, numbers or times"
            )
        }
        for partition in table.computedPartitions where partition.isOfTime {
            // A `transform` makes the columns anew.
            guard table.transform == nil,
                let type = table.columns.first(where: { $0.name == partition.source })?.type,
                type.isScalar, type != .date, type != .timestamp
            else { continue }
            reader.add(
                "partitionBy",
                "`\(partition)` needs a date or a timestamp; `columns` says \(type)",
                "correct the type, or leave it out"
            )
        }
    }

    private static func namesColumn(_ table: TableSettings, _ name: String) -> Bool {
        table.columns.contains { $0.name == name } || table.columnMap.contains { $0.column == name }
    }
}
