import Events

extension FunctionConfig {
    static func readColumnMap(_ reader: SettingsReader) -> [TableSettings.ColumnMapping] {
        guard let map = reader.object("columnMap") else { return [] }
        return map.names.map { column in
            if !isColumnName(column) {
                map.add(
                    column,
                    "`\(column)` is not how a column is called in the table",
                    "put the table's name first, then the names in files: "
                        + "\"zip\": [\"Incident Zip\"]"
                )
            }
            let names = map.strings(column) ?? []
            if names.contains("") { map.add(column, "a name is empty", "remove it") }
            return TableSettings.ColumnMapping(column: column, names: names)
        }
    }

    static func checkColumnMap(_ table: TableSettings, _ reader: SettingsReader) {
        checkNames(table, reader)
        if table.format.header == false, !table.columns.isEmpty, !table.columnMap.isEmpty {
            reader.add(
                "columnMap",
                "files without a header have the names in `columns`, in their order",
                "remove the map, or `format.header`"
            )
        }
        guard !table.keepsOtherColumns else { return }
        let kept = Set(table.columns.map(\.name) + table.columnMap.map(\.column))
        if kept.isEmpty {
            reader.add(
                "otherColumns",
                "no column would be left",
                "name those to keep in `columns`, or in `columnMap`: \"zip\": []"
            )
        }
        // A `transform` names the table's columns, so these settings mean its result.
        guard table.transform == nil, !kept.isEmpty else { return }
        let known = kept.union(table.computedPartitions.map(\.name))
        let keys = table.keys.map { String($0.prefix { $0 != "." }) }
        for (setting, columns) in [
            ("partitionBy", sources(ofPartitions: table)), ("sortBy", table.sortBy), ("keys", keys),
        ] {
            for column in columns where !known.contains(column) && isColumnName(column) {
                reader.add(
                    setting,
                    "`\(column)` is dropped by `otherColumns`",
                    "name it in `columns`, or in `columnMap`: \"\(column)\": []"
                )
            }
        }
    }

    /// The columns of files that partitions come from.
    private static func sources(ofPartitions table: TableSettings) -> [String] {
        table.partitionBy.map { column in
            table.computedPartitions.first { $0.name == column }?.source ?? column
        }
    }

    /// Every name must belong to one column.
    private static func checkNames(_ table: TableSettings, _ reader: SettingsReader) {
        let own = Set(table.columns.map(\.name) + table.columnMap.map(\.column))
        var owners: [String: String] = [:]
        for mapping in table.columnMap {
            for name in mapping.names {
                let folded = ColumnNames.name(of: name)
                let owner = own.contains(folded) ? folded : owners[folded.isEmpty ? name : folded]
                if let owner, owner != mapping.column {
                    reader.add(
                        "columnMap.\(mapping.column)",
                        "`\(name)` is a name of `\(owner)` as well",
                        "keep it at one column"
                    )
                }
                owners[folded.isEmpty ? name : folded] = mapping.column
            }
        }
    }
}
