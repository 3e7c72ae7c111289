import Buckets
import Events
import FunctionConfig
import Testing

@testable import Verification

@Suite("A verdict")
struct VerdictTests {
    @Test(
        "finds nothing where everything agrees, in every mode",
        arguments: TableSettings.Mode.allCases
    )
    func agreement(mode: TableSettings.Mode) throws {
        let more =
            switch mode {
            case .upsert: #", "keys": ["a"]"#
            case .replacePartitions: #", "partitionBy": ["a"]"#
            case .append, .replace: ""
            }
        var small = try SmallInventory(settings: "{\"mode\": \"\(mode.rawValue)\"\(more)}")
        small.add("x", 1, rows: 3)
        small.add("x", 2, rows: 2)
        #expect(small.findings == [])
    }

    @Test("wants the newest version of each file, and of a replaced table only the last")
    func contributing() throws {
        var append = try SmallInventory()
        append.add("x", 1, rows: 3)
        append.add("y", 2, rows: 2, lake: false)
        #expect(append.findings == ["lake MissingVersion"])

        var replace = try SmallInventory(settings: #"{"mode": "replace"}"#)
        replace.add("x", 1, rows: 3, lake: false, warehouse: false)
        replace.add("y", 2, rows: 2)
        #expect(replace.findings == [])

        var partitions = try SmallInventory(
            settings: #"{"mode": "replace_partitions", "partitionBy": ["a"]}"#
        )
        partitions.add("x", 1, rows: 3, warehouse: false)
        partitions.add("x", 2, rows: 2)
        #expect(partitions.findings == ["warehouse MissingVersion"])

        var upsert = try SmallInventory(settings: #"{"mode": "upsert", "keys": ["a"]}"#)
        upsert.add("x", 1, rows: 3, warehouse: false)
        upsert.add("y", 2, rows: 2)
        #expect(upsert.findings == ["warehouse MissingVersion"])
    }

    @Test(
        "wants nothing of a file that was taken out, in every mode",
        arguments: [
            #"{}"#, #"{"mode": "replace"}"#, #"{"mode": "upsert", "keys": ["a"]}"#,
            #"{"mode": "replace_partitions", "partitionBy": ["a"]}"#,
        ]
    )
    func removal(settings: String) throws {
        var small = try SmallInventory(settings: settings)
        small.add("x", 1, rows: 3)
        small.remove("x", 2)
        #expect(small.findings == [])

        // The ledger says that it was taken out, and one store still has it.
        var late = try SmallInventory(settings: settings)
        late.add("x", 1, rows: 3)
        late.remove("x", 2, warehouse: false)
        #expect(late.findings == ["warehouse MissingVersion"])

        // The history says so, and rows are there.
        var rows = small
        rows.lake.content.rows = [.init(name: SmallInventory.name("x", 1), count: 1)]
        #expect(rows.findings == ["lake SupersededRows"])

        // Older ones than a removal that the table does not know need not be there.
        var early = try SmallInventory(settings: settings)
        early.add("x", 1, rows: 3, lake: false, warehouse: false)
        early.remove("x", 2, lake: false, warehouse: false)
        #expect(early.findings == [])
    }

    @Test("calls work that is under way pending, whatever has come of it already")
    func pending() throws {
        for (isInLake, isInWarehouse) in [
            (false, false), (true, false), (false, true), (true, true),
        ] {
            var small = try SmallInventory()
            small.add("x", 1, rows: 3)
            small.add("x", 2, rows: 2, lake: isInLake, warehouse: isInWarehouse, state: .running)
            small.ledger.open = [
                .init(
                    object: "stage-2/m",
                    source: "stage-1/t/x",
                    table: "t",
                    function: "load",
                    state: .running
                )
            ]
            let report = Verdict.report(on: small.inventory)
            #expect(report.findings == [])
            #expect(report.pending.map(\.what) == ["load: running"])
        }
    }

    @Test("does not excuse wrong rows by work that is under way")
    func pendingRows() throws {
        var small = try SmallInventory()
        small.add("x", 1, rows: 3)
        small.lake.content.rows[0].count = 2
        small.ledger.moving = ["stage-1/t/x"]
        #expect(small.findings == ["lake MissingRows"])
    }

    @Test("takes a file that a run may still commit for no orphan")
    func orphans() throws {
        var small = try SmallInventory()
        small.lake.oldestCommit = 0
        small.lake.orphans = [.init(path: "part-x.parquet", size: 1, modified: 5_000_000)]
        #expect(small.findings == ["lake OrphanedDataFile"])
        small.ledger.runs = [.init(function: "convert", table: "t", startedAt: 4_000_000)]
        #expect(small.findings == [])
        small.ledger.runs = [.init(function: "convert", table: "t", startedAt: 6_000_000)]
        #expect(small.findings == ["lake OrphanedDataFile"])
        small.ledger.runs = [.init(function: "convert", table: "other", startedAt: 4_000_000)]
        #expect(small.findings == ["lake OrphanedDataFile"])
    }

    @Test("waits for a file that is new beside a running daemon, not for an old one")
    func freshFiles() throws {
        var small = try SmallInventory()
        let key = ObjectKey(bucket: "stage-1", key: "t/new")
        small.folders.objects[key] = .init(size: 1, eTag: "e", changed: 10_000_000)
        small.ledger.time = 11_000_000
        #expect(small.findings == ["stage-1 UnnoticedObject"])
        small.ledger.isRunning = true
        let report = Verdict.report(on: small.inventory)
        #expect(report.findings.isEmpty && report.pending.map(\.object) == ["stage-1/t/new"])
        small.ledger.time = 100_000_000
        #expect(small.findings == ["stage-1 UnnoticedObject"])
    }

    @Test("says that a table whose mode was changed is judged by fewer rules")
    func mixedModes() throws {
        var small = try SmallInventory(settings: #"{"mode": "replace"}"#)
        small.add("x", 1, rows: 3)
        small.add("y", 2, rows: 2)
        small.lake.modes = ["append"]
        let report = Verdict.report(on: small.inventory)
        #expect(report.findings == [])
        #expect(report.notes.contains { $0.contains("made in mode append") })
    }

    @Test("does not miss purged chunks, and says so")
    func purged() throws {
        var small = try SmallInventory()
        small.add("x", 1, rows: 3)
        small.folders.manifests[0].chunks[0].size = nil
        #expect(small.findings == ["stage-2 MissingChunk"])
        small.ledger.manifests[SmallInventory.name("x", 1)]?.isPurged = true
        let report = Verdict.report(on: small.inventory)
        #expect(report.findings == [])
        #expect(report.notes.contains { $0.contains("purged") })
    }

    @Test("expects a delivery from the first manifest on that its trigger was sent")
    func forgottenDeliveries() throws {
        var small = try SmallInventory()
        small.add("x", 1, rows: 3, lake: false)
        small.ledger.accepted["convert"] = nil
        small.ledger.manifests[SmallInventory.name("x", 1)]?.deliveries.removeAll {
            $0.function == "convert"
        }
        // The trigger may be newer than the manifest.
        #expect(small.findings == [])
        small.ledger.firstCrawled["to-lake"] = Sequencer(rawValue: 2)
        #expect(small.findings == [])
        small.ledger.firstCrawled["to-lake"] = Sequencer(rawValue: 0)
        #expect(small.findings == ["ledger ForgottenDelivery"])
    }

    @Test("compares values only where rows agree in number")
    func values() throws {
        var small = try SmallInventory()
        small.add("x", 1, rows: 3)
        small.warehouse.content.rows[0].digest = "other"
        #expect(small.findings == ["warehouse RowsDiffer"])
        small.warehouse.content.rows[0].count = 2
        #expect(small.findings == ["warehouse MissingRows"])
    }

    @Test("keeps, at a second look, only what was found at the first")
    func confirming() throws {
        var small = try SmallInventory()
        small.add("x", 1, rows: 3)
        small.add("y", 2, rows: 3)
        small.lake.content.rows[0].count = 2
        let first = Verdict.report(on: small.inventory)
        small.lake.content.rows[0].count = 1
        small.lake.content.rows[1].count = 1
        let second = Verdict.report(on: small.inventory)
        #expect(second.findings.count == 2)
        #expect(second.confirming(first).findings.map(\.object) == ["stage-1/t/x"])
    }

    @Test("gives every finding a place, and commands that name the buckets as they were named")
    func remedies() throws {
        var small = try SmallInventory()
        small.add("a b", 1, rows: 3)
        small.warehouse.content.rows[0].count = 2
        // Another version can be made only while the file is there.
        let key = ObjectKey(bucket: "stage-1", key: "t/a b")
        small.folders.objects[key] = .init(size: 1, eTag: "1", changed: 0)
        var inventory = small.inventory
        inventory.place = CommandPlace(buckets: "/data/b", options: " --buckets /data/b")
        let finding = try #require(Verdict.report(on: inventory).findings.first)
        #expect(finding.object == "stage-1/t/a b" && finding.sequencer == "0000000000000001")
        #expect(finding.expected == "3 rows" && finding.found == "2 rows")
        #expect(finding.remedy.contains("`sluice invoke split 'stage-1/t/a b' --buckets /data/b`"))
        #expect(
            finding.description.hasPrefix(
                "MissingRows warehouse.t stage-1/t/a b@0000000000000001: "
            )
        )
    }
}
