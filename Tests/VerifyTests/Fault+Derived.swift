import DeltaTable

extension Fault {
    /// What can happen to a table that a query makes, and to its copy.
    static let derived: [Fault] = [
        Fault("a value of a derived table's copy changed", "warehouse.offers RowsDiffer") { flow in
            try await flow.warehouse("UPDATE offers SET price = price + 1 WHERE number = 1")
        },
        Fault("a row of a derived table's copy deleted", "warehouse.offers MissingRows") { flow in
            try await flow.warehouse("DELETE FROM offers WHERE number = 1")
        },
        Fault("a derived table's copy dropped", "warehouse.offers MissingTable") { flow in
            try await flow.warehouse("DROP TABLE offers")
        },
        Fault("a derived table deleted from the lake", "lake.offers StaleResult") { flow in
            try flow.remove("lake/offers")
        },
        Fault(
            "a derived table that is behind its source",
            "lake.offers LogEntryDiffers",
            "lake.offers StaleResult"
        ) { flow in
            let commit = flow.commit("offers", try flow.version("offers"))
            let line = try flow.text(commit).split(separator: "\n").first {
                $0.contains("\"derive/lines\"")
            }
            let old = String(line ?? "")
            try flow.edit(
                commit,
                old,
                old.replacing("\"version\":0}", with: "\"version\":-1}")
            )
        },
        Fault("a derived table's data file deleted", "lake.offers MissingDataFile") { flow in
            try flow.remove("lake/offers/" + flow.dataFiles("offers")[0].filePath)
        },
        Fault("a file that a cut-off query left", "lake.offers OrphanedDataFile") { flow in
            let file = try flow.dataFiles("offers")[0].filePath
            try flow.copy("lake/offers/\(file)", to: "lake/offers/part-left.zstd.parquet")
        },
    ]
}
