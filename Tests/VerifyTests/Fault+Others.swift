import TestSupport
import Testing

extension Fault {
    /// What can happen to the warehouse.
    static let warehouse: [Fault] = [
        Fault("a row deleted from the warehouse", "warehouse.orders MissingRows") { flow in
            try await flow.warehouse("DELETE FROM orders WHERE id = 1")
        },
        Fault("a row doubled in the warehouse", "warehouse.orders DoubledRows") { flow in
            try await flow.warehouse("INSERT INTO orders SELECT * FROM orders WHERE id = 1")
        },
        Fault("a value changed in the warehouse", "warehouse.orders RowsDiffer") { flow in
            try await flow.warehouse("UPDATE orders SET total = 99 WHERE id = 1")
        },
        Fault("all rows of a version deleted", "warehouse.orders LoadWithoutRows") { flow in
            try await flow.warehouse("DELETE FROM orders WHERE _source = 'stage-1/orders/c.csv'")
        },
        Fault("rows of an older version", "warehouse.orders SupersededRows") { flow in
            try await flow.warehouse(
                """
                INSERT INTO orders BY NAME SELECT * REPLACE (sequencer AS _seq) FROM orders o,
                    (SELECT sequencer FROM sluice_loads WHERE table_name = 'orders'
                        AND source = 'stage-1/orders/a.csv' AND status = 'replaced')
                    WHERE o._source = 'stage-1/orders/a.csv' AND o.id = 1
                """.replacing(
                    "* REPLACE (sequencer AS _seq)",
                    with: "o.* REPLACE (sequencer AS _seq)"
                )
            )
        },
        Fault("rows of nobody's", "warehouse.orders RowsWithoutLoad") { flow in
            try await flow.warehouse(
                "INSERT INTO orders BY NAME SELECT 77 AS id, 'stage-1/orders/x.csv' AS _source, 5 AS _seq"
            )
        },
        Fault("a row of a replacing version deleted", "warehouse.prices MissingRows") { flow in
            try await flow.warehouse("DELETE FROM prices WHERE sku = 'a'")
        },
        Fault("a row of a replaced version", "warehouse.prices SupersededRows") { flow in
            try await flow.warehouse(
                """
                INSERT INTO prices BY NAME SELECT 'z' AS sku, source AS _source, sequencer AS _seq
                FROM sluice_loads WHERE table_name = 'prices' AND status = 'replaced'
                """
            )
        },
        Fault("a row with a key deleted", "warehouse.products RowsDiffer") { flow in
            try await flow.warehouse("DELETE FROM products WHERE sku = 'a'")
        },
        Fault(
            "all rows of the last version with keys deleted",
            "warehouse.products LoadWithoutRows"
        ) { flow in
            try await flow.warehouse("DELETE FROM products WHERE _source LIKE '%tuesday%'")
        },
        Fault(
            "a key doubled in the warehouse",
            "warehouse.products DoubledKey",
            "warehouse.products RowsDiffer"
        ) {
            flow in
            try await flow.warehouse("INSERT INTO products SELECT * FROM products WHERE sku = 'c'")
            try await flow.warehouse("DELETE FROM products WHERE sku = 'a'")
        },
        Fault(
            "a row of an older version in a replaced partition",
            "warehouse.days RowsDiffer",
            "warehouse.days SharedPartition"
        ) { flow in
            try await flow.warehouse(
                """
                INSERT INTO days SELECT * REPLACE (DATE '2024-01-02' AS at_day) FROM days WHERE id = 1
                """
            )
        },
        Fault(
            "all rows of the last version of partitions deleted",
            "warehouse.days LoadWithoutRows"
        ) { flow in
            try await flow.warehouse("DELETE FROM days WHERE _source LIKE '%two%'")
        },
        Fault("a row of transformed ones deleted", "warehouse.trips MissingRows") { flow in
            try await flow.warehouse("DELETE FROM trips WHERE city = 'bern'")
        },
        Fault("other figures in sluice_loads", "warehouse.orders WrongLoad") { flow in
            try await flow.warehouse(
                """
                UPDATE sluice_loads SET rows = 7 WHERE table_name = 'orders' AND status = 'loaded'
                AND source = 'stage-1/orders/a.csv'
                """
            )
        },
        Fault("other bad rows in sluice_loads", "warehouse.orders WrongLoad") { flow in
            try await flow.warehouse(
                """
                UPDATE sluice_loads SET rejects = 7 WHERE table_name = 'orders' AND status = 'loaded'
                AND source = 'stage-1/orders/b.csv'
                """
            )
        },
        Fault("other figures in sluice_loads of transformed rows", "warehouse.trips WrongLoad") {
            flow in
            try await flow.warehouse("UPDATE sluice_loads SET rows = 7 WHERE table_name = 'trips'")
        },
        Fault("another eTag in sluice_loads", "warehouse.orders WrongLoad") { flow in
            try await flow.warehouse(
                "UPDATE sluice_loads SET etag = 'x' WHERE source = 'stage-1/orders/c.csv'"
            )
        },
        Fault("another status in sluice_loads", "warehouse.orders WrongLoad") { flow in
            try await flow.warehouse(
                "UPDATE sluice_loads SET status = 'replaced' WHERE source = 'stage-1/orders/c.csv'"
            )
        },
        Fault("an entry of sluice_loads deleted", "warehouse.orders RowsWithoutLoad") { flow in
            try await flow.warehouse(
                "DELETE FROM sluice_loads WHERE source = 'stage-1/orders/c.csv'"
            )
        },
        Fault(
            "an entry of sluice_loads made up",
            "ledger.orders ForgottenObject",
            "warehouse.orders LoadWithoutRows"
        ) {
            flow in
            try await flow.warehouse(
                "INSERT INTO sluice_loads VALUES ('orders', 'stage-1/orders/x.csv', 5, 'e', 3, 0, 'loaded', now())"
            )
        },
        Fault("a table dropped", "warehouse.orders MissingTable") { flow in
            try await flow.warehouse("DROP TABLE orders")
        },
        Fault(
            "a warehouse that is gone",
            "warehouse.compared_sets MissingTable",
            "warehouse.days MissingTable",
            "warehouse.events MissingTable",
            "warehouse.lines MissingTable",
            "warehouse.offers MissingTable",
            "warehouse.orders MissingTable",
            "warehouse.places MissingTable",
            "warehouse.prices MissingTable",
            "warehouse.products MissingTable",
            "warehouse.strict MissingTable",
            "warehouse.trips MissingTable",
            "warehouse.weighted_distances MissingTable"
        ) { flow in try flow.remove("warehouse.duckdb") },
        Fault("a warehouse that is no database", "warehouse UnreadableWarehouse") { flow in
            try flow.write("no database", to: "warehouse.duckdb")
        },
        Fault("a row of a copied table deleted", "warehouse.weighted_distances MissingRows") {
            flow in
            try await flow.warehouse(
                "DELETE FROM weighted_distances WHERE indicator_id = 'I' AND locale = 'US:ST:MN'"
            )
        },
        Fault("a copied table that is behind", "warehouse.weighted_distances MissingVersion") {
            flow in
            try await flow.warehouse(
                "UPDATE sluice_loads SET sequencer = sequencer - 1 WHERE source = 'lake/weighted_distances'"
            )
        },
    ]

    /// What can happen to plain files.
    static let folders: [Fault] = [
        Fault("a chunk changed on disk", "stage-2.orders ChunkDiffers") { flow in
            let chunk = try flow.file("stage-2/orders/d.csv", "part-00000.csv")
            try flow.edit(chunk, "8,us,9", "8,us,7")
        },
        Fault("a chunk cut off", "stage-2.orders ChunkDiffers") { flow in
            try flow.truncate(try flow.file("stage-2/orders/d.csv", "part-00000.csv"), by: 3)
        },
        Fault("a chunk deleted", "stage-2.orders MissingChunk") { flow in
            try flow.remove(try flow.file("stage-2/orders/d.csv", "part-00000.csv"))
        },
        Fault("line numbers deleted", "stage-2.lines MissingChunk") { flow in
            try flow.remove(try flow.file("stage-2/lines", "part-00000.lines"))
        },
        Fault("a file beside the chunks", "stage-2.orders OrphanedChunk") { flow in
            let chunk = try flow.file("stage-2/orders/d.csv", "part-00000.csv")
            try flow.copy(chunk, to: chunk.replacing("00000", with: "00001"))
        },
        Fault("a version folder without a manifest", "stage-2.orders OrphanedChunk") { flow in
            try flow.write("x", to: "stage-2/orders/y.csv/0000000000000007/part-00000.csv")
        },
        Fault("a manifest deleted", "stage-2.orders MissingManifest") { flow in
            try flow.remove(try flow.file("stage-2/orders/d.csv", "_manifest.json"))
        },
        Fault("a manifest edited", "stage-2.orders ManifestDiffers") { flow in
            let manifest = try flow.file("stage-2/orders/d.csv", "_manifest.json")
            try flow.edit(manifest, #""firstLine" : 2"#, #""firstLine" : 3"#)
        },
        Fault(
            "a manifest that is no JSON",
            "stage-2.orders ManifestDiffers",
            "stage-2.orders UnreadableManifest"
        ) { flow in try flow.write("{", to: try flow.file("stage-2/orders/d.csv", "_manifest.json"))
        },
        Fault("a changed file that nobody noticed", "stage-1.orders UnnoticedChange") { flow in
            try flow.drop("id,region,total,note\n1,eu,1.5,other\n", "orders/a.csv")
        },
        Fault("a new file that nobody noticed", "stage-1.orders UnnoticedObject") { flow in
            try flow.drop("id\n1\n", "orders/new.csv")
        },
        Fault("a deleted file that came back", "stage-1.orders UnnoticedObject") { flow in
            try flow.drop("id,region,total,note\n7,eu,7.5,x\n", "orders/c.csv")
        },
        Fault("a quarantine file deleted", "quarantine.orders MissingQuarantine") { flow in
            try flow.remove(try flow.file("quarantine/orders/b.csv", "convert.jsonl"))
        },
        Fault("a quarantine file with a line less", "quarantine.orders QuarantineDiffers") { flow in
            let file = try flow.file("quarantine/orders/b.csv", "load.jsonl")
            let lines = try flow.text(file).split(separator: "\n")
            try flow.write(lines.dropLast().map { $0 + "\n" }.joined(), to: file)
        },
        Fault("a quarantine file of nobody's", "quarantine.orders OrphanedQuarantine") { flow in
            try flow.write("{}\n", to: "quarantine/orders/y.csv/0000000000000007.convert.jsonl")
        },
        Fault("a quarantine file of a replaced version", "quarantine.orders OrphanedQuarantine") {
            flow in
            let old = try flow.files("stage-2/orders/b.csv", "_manifest.json").sorted()[0]
            let sequencer = old.split(separator: "/")[3]
            try flow.write("{}\n", to: "quarantine/orders/b.csv/\(sequencer).convert.jsonl")
        },
        Fault("a catalog entry deleted", "catalog.orders MissingCatalogEntry") { flow in
            try flow.remove("catalog/orders.json")
        },
        Fault("a catalog entry that is no JSON", "catalog.orders UnreadableCatalogEntry") { flow in
            try flow.write("{", to: "catalog/orders.json")
        },
        Fault("a catalog entry from before", "catalog.orders CatalogBehind") { flow in
            try flow.write(try flow.folder.text("old-orders.json"), to: "catalog/orders.json")
        },
        Fault("a catalog entry with a narrower type", "catalog.events CatalogBehind") { flow in
            try flow.edit("catalog/events.json", "bigint", "boolean")
        },
        Fault("a result deleted", "results.weighted_distances MissingResult") { flow in
            try flow.remove("results/I.csv")
        },
        Fault("a result with other values", "results.weighted_distances StaleResult") { flow in
            try flow.edit("results/I.csv", "US:ST:WI", "US:ST:XX")
        },
        Fault("a result with a line less", "results.weighted_distances StaleResult") { flow in
            let lines = try flow.text("results/I.csv").split(separator: "\n")
            try flow.write(lines.dropLast().map { $0 + "\n" }.joined(), to: "results/I.csv")
        },
    ]

    /// What can happen to the ledger.
    static let ledger: [Fault] = [
        Fault("a dropped file forgotten", "ledger BrokenLedger", "ledger.orders ForgottenObject") {
            flow in
            try flow.ledger("DELETE FROM objects WHERE bucket = 'stage-1' AND key = 'orders/d.csv'")
        },
        Fault("a dropped file forgotten with what it set off", "ledger.orders ForgottenObject") {
            flow in
            try flow.ledger(
                """
                DELETE FROM run_items WHERE delivery_id IN (SELECT id FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE key = 'orders/d.csv'));
                DELETE FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE key = 'orders/d.csv');
                DELETE FROM objects WHERE key = 'orders/d.csv'
                """
            )
        },
        Fault("a manifest forgotten with what it set off", "ledger.orders ForgottenObject") {
            flow in
            try flow.ledger(
                """
                DELETE FROM run_items WHERE delivery_id IN (SELECT id FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE bucket = 'stage-2' AND key LIKE 'orders/d.csv/%'));
                DELETE FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE bucket = 'stage-2' AND key LIKE 'orders/d.csv/%');
                DELETE FROM objects WHERE bucket = 'stage-2' AND key LIKE 'orders/d.csv/%'
                """
            )
        },
        Fault("a delivery forgotten", "ledger BrokenLedger", "ledger.orders ForgottenDelivery") {
            flow in
            try flow.ledger(
                """
                DELETE FROM deliveries WHERE function = 'convert' AND object_id IN
                    (SELECT id FROM objects WHERE bucket = 'stage-2' AND key LIKE 'orders/d.csv/%')
                """
            )
        },
        Fault("the delivery of a dropped file forgotten", "ledger.orders ForgottenDelivery") {
            flow in
            try flow.ledger(
                """
                DELETE FROM run_items WHERE delivery_id IN (SELECT id FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE key = 'orders/d.csv'));
                DELETE FROM deliveries WHERE object_id IN
                    (SELECT id FROM objects WHERE key = 'orders/d.csv')
                """
            )
        },
        Fault("a loaded version as a dead letter", "ledger.orders DeadLetterInTable") { flow in
            try flow.ledger(
                """
                UPDATE deliveries SET state = 'dead', error_type = 'E' WHERE function = 'load' AND object_id IN
                    (SELECT id FROM objects WHERE bucket = 'stage-2' AND key LIKE 'orders/d.csv/%')
                """
            )
        },
        Fault("a dropped file with another eTag", "stage-1.orders UnnoticedChange") { flow in
            try flow.ledger(
                "UPDATE objects SET etag = 'x' WHERE bucket = 'stage-1' AND key = 'orders/d.csv'"
            )
        },
        Fault("a ledger that is no database", "ledger BrokenLedger") { flow in
            for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
                try? flow.remove(".sluice/\(name)")
            }
            try flow.write(
                String(repeating: "no database ", count: 100),
                to: ".sluice/ledger.sqlite"
            )
        },
    ]
}
