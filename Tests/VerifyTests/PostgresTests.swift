import Events
import TestSupport
import Testing

@Suite("Verify, with PostgreSQL as warehouse,", .serialized)
struct PostgresTests {
    /// What is done, and the codes that follow.
    private static let faults: [(sql: String, codes: [String])] = [
        ("DELETE FROM orders WHERE id = 1", ["MissingRows"]),
        ("INSERT INTO orders SELECT * FROM orders WHERE id = 1", ["DoubledRows"]),
        ("UPDATE orders SET total = 99 WHERE id = 2", ["RowsDiffer"]),
        (#"UPDATE deep SET item = '{"b":["z"]}'"#, ["RowsDiffer"]),
        (#"UPDATE sluice_loads SET rows = 7 WHERE table_name = 'orders'"#, ["WrongLoad"]),
        ("DELETE FROM sluice_loads WHERE table_name = 'deep'", ["RowsWithoutLoad"]),
        (
            "INSERT INTO products SELECT * FROM products WHERE sku = 'a'",
            ["DoubledKey", "DoubledRows"]
        ),
        ("DROP TABLE orders", ["MissingTable"]),
    ]

    @Test("finds faults in it, and its remedies put them right")
    func faults() async throws {
        guard let schema = try await PostgresSchema() else { return }
        var flow = try FlowFolder(
            settings: """
                {"warehouse": "\(schema.url)", "warehouseSchema": "\(schema.name)",
                 "tables": {"products": {"mode": "upsert", "keys": ["sku"]}}}
                """
        )
        flow.server = schema
        try flow.drop("id,total\n1,1.5\n2,2.5\n", "orders/a.csv")
        try flow.drop("sku,price\na,1\nb,2\n", "products/p.csv")
        try flow.drop("{\"n\": 1, \"item\": {\"b\": [\"x\", \"y\"]}}\n", "deep/d.jsonl")
        try await flow.up()
        #expect(try await flow.findings() == [])
        for fault in Self.faults {
            try await schema.execute(fault.sql)
            let codes = try await flow.verify()["findings"]?.array?.compactMap {
                $0["code"]?.string
            }
            #expect(codes?.sorted() == fault.codes, "\(fault.sql)")
            let log = try await flow.mend()
            #expect(try await flow.findings() == [], "\(fault.sql)\n\(log.joined(separator: "\n"))")
        }
        #expect(try await flow.findings(["--quick"]) == [])
        let tables = try await flow.sluice(["tables", "orders"])
        #expect(tables.code == 0 && tables.text.contains("warehouse: 2 rows, 4 columns"))
        try await schema.drop()
    }
}
