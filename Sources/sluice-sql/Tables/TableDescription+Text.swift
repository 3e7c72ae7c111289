extension TableDescription {
    /// The description for a person.
    var text: String {
        var text = table
        let facts = [
            mode.map { "mode \($0)" }, keys.isEmpty ? nil : "keys \(keys.joined(separator: ", "))",
            transform.map { "transform \($0)" },
            derived.map {
                "made of \($0.from.joined(separator: ", ")) by \($0.query) (\($0.refresh))"
            },
            lastChange.map { "last change \($0)" },
        ].compactMap(\.self)
        text += (facts.isEmpty ? "" : ": " + facts.joined(separator: ", ")) + "\n"
        text += columnsText
        if let lake { text += lakeText(lake) }
        text += changesText
        if let warehouse { text += warehouseText(warehouse) }
        return text
    }

    private var columnsText: String {
        guard !columns.isEmpty else { return "" }
        var list = AlignedText(header: ["name", "type", "in files", "origin"], indent: "  ")
        for column in columns {
            list.add([
                column.name, column.type, column.originals.joined(separator: ", "),
                column.origin + (column.isPartition ? ", partition" : ""),
            ])
        }
        return "\ncolumns\n" + list.description
    }

    private func lakeText(_ lake: Lake) -> String {
        var text =
            "\nlake: \(Figure.count(lake.rows, "row")), \(Figure.count(Int64(lake.files), "file")), "
            + "\(Figure.bytes(lake.bytes)), version \(lake.version)\n"
        if !lake.sortedBy.isEmpty {
            text += "  sorted by \(lake.sortedBy.joined(separator: ", "))\n"
        }
        if !lake.partitionedBy.isEmpty {
            text +=
                "  partitioned by \(lake.partitionedBy.joined(separator: ", ")): "
                + "\(Figure.count(Int64(lake.partitions), "partition")), the largest:\n"
            var list = AlignedText(
                header: ["partition", "rows", "files", "size"],
                numbers: [1, 2, 3],
                indent: "  "
            )
            for partition in lake.largestPartitions {
                list.add([
                    partition.name, Figure.count(partition.rows),
                    Figure.count(Int64(partition.files)), Figure.bytes(partition.bytes),
                ])
            }
            text += list.description
        }
        var list = AlignedText(
            header: ["version", "time", "operation", "rows added", "files added", "files removed"],
            numbers: [0, 3, 4, 5],
            indent: "  "
        )
        for version in lake.lastVersions {
            list.add([
                "\(version.version)", version.time ?? "-", version.operation ?? "-",
                Figure.count(version.rowsAdded), Figure.count(Int64(version.filesAdded)),
                Figure.count(Int64(version.filesRemoved)),
            ])
        }
        return text + list.description
    }

    private var changesText: String {
        guard !changes.isEmpty else { return "" }
        var list = AlignedText(header: ["where", "version", "time", "change"], indent: "  ")
        for change in changes {
            for (index, line) in change.changes.enumerated() {
                let isFirst = index == 0
                list.add([
                    isFirst ? change.store : "", isFirst ? "\(change.version)" : "",
                    isFirst ? change.time ?? "-" : "", line,
                ])
            }
        }
        return "\nchanges of columns\n" + list.description
    }

    private func warehouseText(_ warehouse: Warehouse) -> String {
        var text =
            "\nwarehouse: \(Figure.count(warehouse.rows, "row")), \(warehouse.columns.count) columns, "
            + "\(Figure.count(Int64(warehouse.loaded), "version")) loaded, "
            + "\(Figure.count(Int64(warehouse.replaced))) replaced, "
            + "\(Figure.count(warehouse.rejectedRows, "bad row"))\n"
        var columns = AlignedText(header: ["name", "type"], indent: "  ")
        for column in warehouse.columns { columns.add([column.name, column.type]) }
        text += columns.description
        guard !warehouse.lastLoads.isEmpty else { return text }
        var list = AlignedText(
            header: ["loaded at", "rows", "bad rows", "status", "sequencer", "source"],
            numbers: [1, 2],
            indent: "  "
        )
        for load in warehouse.lastLoads {
            list.add([
                load.loadedAt ?? "-", Figure.count(load.rows), Figure.count(load.rejects),
                load.status, "\(load.sequencer)", load.source,
            ])
        }
        return text + "  last loads\n" + list.description
    }
}
