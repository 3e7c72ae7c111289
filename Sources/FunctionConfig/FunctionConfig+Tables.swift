import Events

extension FunctionConfig {
    static func readTables(_ root: SettingsReader, folder: String) -> [TableSettings] {
        guard let reader = root.object("tables") else { return [] }
        return reader.eachObject().map { name, reader in
            if tableName(ofKey: name + "/x") != name || name.isEmpty {
                reader.add("", "`\(name)` is no table name", "use lower-case letters, digits and _")
            }
            let table =
                isDerived(reader)
                ? readDerivedTable(name, reader, folder: folder)
                : readTable(name, reader, folder: folder)
            if table.derivation == nil { checkTable(table, reader) }
            reader.finish()
            return table
        }
    }

    private static func readTable(
        _ name: String,
        _ reader: SettingsReader,
        folder: String
    ) -> TableSettings {
        var table = TableSettings(name: name)
        table.match = reader.string("match").map { Glob($0) }
        if let format = reader.object("format") { table.format = readFormat(format) }
        if let columns = reader.object("columns") {
            for (column, text) in columns.eachString() {
                guard let type = ColumnType(text), !text.contains("void") else {
                    columns.add(
                        column,
                        "`\(text)` is no column type",
                        "use boolean, int, bigint, double, decimal(p,s), date, timestamp, string, "
                            + "binary, array<...> or struct<name:...>"
                    )
                    continue
                }
                if !isColumnName(column) {
                    columns.add(
                        column,
                        "`\(column)` is not how the column is called in the table",
                        "use lower-case letters, digits and _, not _source or _seq"
                    )
                }
                table.columns.append(ColumnType.Field(name: column, type: type))
            }
        }
        table.columnMap = readColumnMap(reader)
        table.keepsOtherColumns =
            reader.choice("otherColumns", [("keep", true), ("drop", false)]) ?? true
        (table.partitionBy, table.computedPartitions) = readPartitions(reader)
        table.maxPartitions =
            reader.integer("maxPartitions", in: 1...1_000_000, unit: "partitions")
            ?? table.maxPartitions
        table.sortBy = reader.strings("sortBy") ?? []
        table.targetFileSize =
            reader.integer("targetFileSize", in: 1...(1 << 40), unit: "bytes").map(Int64.init)
            ?? table.targetFileSize
        table.retentionHours =
            reader.integer("retentionHours", in: 0...1_000_000, unit: "hours")
            ?? table.retentionHours
        table.mode =
            reader.choice("mode", TableSettings.Mode.allCases.map { ($0.rawValue, $0) }) ?? .append
        table.keys = reader.strings("keys") ?? []
        table.transform = reader.string("transform").map { absolute($0, in: folder) }
        table.onError = errorPolicy(reader, mode: table.mode)
        table.retractsDeleted =
            reader.choice("onDelete", [("keep", false), ("retract", true)]) ?? false
        table.purgesChunks = reader.choice("chunks", [("keep", false), ("purge", true)]) ?? false
        table.rewriteLimit =
            reader.integer("rewriteLimit", in: 0...(.max), unit: "bytes").map(Int64.init)
            ?? table.rewriteLimit
        if let similarity = reader.object("similarity") {
            var settings = TableSettings.SimilaritySettings()
            settings.perInterval = similarity.bool("perInterval") ?? false
            settings.topK = similarity.integer("topK", in: 1...(.max), unit: "places")
            settings.file = similarity.bool("file") ?? true
            similarity.finish()
            table.similarity = settings
        }
        return table
    }

    private static func errorPolicy(
        _ reader: SettingsReader,
        mode: TableSettings.Mode
    ) -> TableSettings.ErrorPolicy {
        let standard: TableSettings.ErrorPolicy = mode == .replace ? .skipFile : .skipRows
        guard let text = reader.string("onError") else { return standard }
        guard let policy = TableSettings.ErrorPolicy(text) else {
            reader.add(
                "onError",
                "`\(text)` is not known",
                "use skip_rows, skip_file, skip_file_10 (rows) or skip_file_5%"
            )
            return standard
        }
        return policy
    }

    /// Whether a name is one that a column can have: no other than those that `crawl` gives.
    static func isColumnName(_ name: String) -> Bool {
        !["_source", "_seq", ""].contains(name)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func checkTable(_ table: TableSettings, _ reader: SettingsReader) {
        if table.mode == .upsert, table.keys.isEmpty {
            reader.add("keys", "mode upsert needs keys", "name the columns that identify a row")
        }
        if table.mode != .upsert, !table.keys.isEmpty {
            reader.add("keys", "only mode upsert uses keys", "remove them, or set mode to upsert")
        }
        checkColumnMap(table, reader)
        checkPartitions(table, reader)
        if let columns = reader.value("columns"), columns.members?.isEmpty == true {
            reader.add("columns", "it is empty", "name a column, or remove it to infer all")
        }
    }
}
