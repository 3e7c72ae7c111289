import DeltaTable
import DuckDB
import Events
import LakeFiles
import Testing

/// Something done to a settled flow behind Sluice's back, and what `sluice verify` must say of it.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// `store.table code` of each finding, sorted.
    let findings: [String]
    /// What is done.
    let plant: @Sendable (FlowFolder) async throws -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ findings: String...,
        plant: @escaping @Sendable (FlowFolder) async throws -> Void
    ) {
        self.name = name
        self.findings = findings.sorted()
        self.plant = plant
    }
}

extension Fault {
    /// What can happen to a lake table.
    static let lake: [Fault] = [
        Fault("a deleted Parquet file", "lake.orders MissingDataFile") { flow in
            try flow.remove("lake/orders/" + flow.dataFiles("orders")[0].filePath)
        },
        Fault("a truncated Parquet file", "lake.trips UnreadableDataFile") { flow in
            let file = try "lake/trips/" + flow.dataFiles("trips")[0].filePath
            try flow.truncate(file, by: 20)
        },
        Fault(
            "a Parquet file whose rows were doubled",
            "lake.trips DataFileDiffers",
            "lake.trips DoubledRows"
        ) {
            flow in
            let file = try flow.path("lake/trips/" + flow.dataFiles("trips")[0].filePath)
            try flow.rewrite(file, as: "SELECT * FROM old UNION ALL SELECT * FROM old")
        },
        Fault(
            "a Parquet file that lost a row",
            "lake.trips DataFileDiffers",
            "lake.trips MissingRows"
        ) { flow in
            let file = try flow.path("lake/trips/" + flow.dataFiles("trips")[0].filePath)
            try flow.rewrite(file, as: "SELECT * FROM old LIMIT 1")
        },
        Fault("a Parquet file in the lake under another name once more", "lake.trips DoubledRows") {
            flow in
            let file = try flow.dataFiles("trips")[0]
            try flow.copy("lake/trips/\(file.filePath)", to: "lake/trips/part-again.parquet")
            try flow.append([.add(file.renamed("part-again.parquet"))], to: "trips")
        },
        Fault("a Parquet file listed twice in one commit", "lake.trips DoubledDataFile") { flow in
            let commit = flow.commit("trips", 0)
            let text = try flow.text(commit)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(#"{"add""#) })
            try flow.write(text + line + "\n", to: commit)
        },
        Fault(
            "a Parquet file listed under two spellings",
            "lake.trips DoubledDataFile",
            "lake.trips DoubledRows"
        ) { flow in
            let file = try flow.dataFiles("trips")[0]
            try flow.append([.add(file.renamed("./" + file.path))], to: "trips")
        },
        Fault("a removed log entry in the middle", "lake.orders MissingLogEntry") { flow in
            try flow.remove(flow.commit("orders", 1))
        },
        Fault("a removed first log entry", "lake.orders MissingLogEntry") { flow in
            try flow.remove(flow.commit("orders", 0))
        },
        Fault(
            "a removed last log entry",
            "lake.orders MissingVersion",
            "lake.orders OrphanedDataFile"
        ) { flow in
            try flow.remove(flow.commit("orders", flow.version("orders")))
        },
        Fault("a log that is no JSON any more", "lake.prices UnreadableLog") { flow in
            try flow.edit(flow.commit("prices", 1), #"{"add":"#, #"{"add:"#)
        },
        Fault("a log with another number of rows", "lake.trips DataFileDiffers") { flow in
            try flow.edit(flow.commit("trips", 0), #"\"numRecords\":2"#, #"\"numRecords\":3"#)
        },
        Fault("a log with another file size", "lake.trips DataFileDiffers") { flow in
            let size = try flow.dataFiles("trips")[0].size
            try flow.edit(flow.commit("trips", 0), #""size":\#(size)"#, #""size":\#(size + 1)"#)
        },
        Fault("a log with other bounds", "lake.trips DataFileDiffers") { flow in
            try flow.edit(
                flow.commit("trips", 0),
                #"\"_source\":\"stage-1/trips/t.csv\""#,
                #"\"_source\":\"stage-1/trips/u.csv\""#
            )
        },
        Fault(
            "a log with another partition value",
            "lake.orders WrongPartitionValue",
            "warehouse.orders RowsDiffer"
        ) { flow in
            let last = flow.commit("orders", try flow.version("orders"))
            try flow.edit(
                last,
                #""partitionValues":{"region":"us"}"#,
                #""partitionValues":{"region":"eu"}"#
            )
        },
        Fault("a log without a version's transaction", "lake.trips RowsWithoutLoad") { flow in
            try flow.dropLines(of: flow.commit("trips", 0)) { $0.hasPrefix(#"{"txn""#) }
        },
        Fault(
            "a log without a file",
            "lake.trips LoadWithoutRows",
            "lake.trips OrphanedDataFile"
        ) { flow in
            try flow.dropLines(of: flow.commit("trips", 0)) { $0.hasPrefix(#"{"add""#) }
        },
        Fault(
            "a log that forgot to remove files",
            "lake.orders DoubledRows",
            "lake.orders SupersededRows",
            "lake.orders SupersededRows"
        ) {
            flow in
            try flow.dropLines(of: flow.commit("orders", 1)) { $0.hasPrefix(#"{"remove""#) }
        },
        Fault("a log with other figures", "lake.trips WrongLoad") { flow in
            try flow.edit(flow.commit("trips", 0), #""rows":2"#, #""rows":7"#)
        },
        Fault("a file that no log entry names", "lake.orders OrphanedDataFile") { flow in
            try flow.copy(
                "lake/orders/" + flow.dataFiles("orders")[0].filePath,
                to: "lake/orders/part-left.parquet"
            )
        },
        Fault("a data file of a table that never was", "lake.unborn OrphanedDataFile") { flow in
            try flow.write("x", to: "lake/unborn/part-left.parquet")
        },
        Fault("a lake table that is gone", "lake.trips MissingTable") { flow in
            try flow.remove("lake/trips")
        },
        Fault("an edited log entry of a watched table", "lake.places LogEntryDiffers") { flow in
            try flow.edit(
                flow.commit("places", 0),
                #""operation":"WRITE""#,
                #""operation":"WRITTEN""#
            )
        },
        Fault(
            "doubled keys",
            "lake.products DoubledKey",
            "lake.products DoubledRows",
            "lake.products DoubledRows"
        ) { flow in
            let file = try flow.dataFiles("products")[0]
            try flow.copy("lake/products/\(file.filePath)", to: "lake/products/part-again.parquet")
            try flow.append([.add(file.renamed("part-again.parquet"))], to: "products")
        },
    ]
}
