import FoundationEssentials
import TestSupport

/// A flow with every kind of table, settled, that faults are planted into copies of.
enum PreparedFlow {
    static let settings = """
        {"tables": {
          "orders": {"columns": {"id": "bigint", "total": "double"}, "partitionBy": ["region"]},
          "products": {"mode": "upsert", "keys": ["sku"]},
          "prices": {"mode": "replace"},
          "days": {"mode": "replace_partitions", "partitionBy": ["day(at)"],
            "columnMap": {"at": ["when"]}},
          "trips": {"transform": "trips.sql"},
          "events": {"chunks": "purge"},
          "strict": {"columns": {"n": "bigint"}, "onError": "skip_file"},
          "offers": {"from": ["lines"], "query": "offers.sql", "sortBy": ["number"]},
          "places": {
            "columns": {"indicator_id": "string", "locale": "string", "interval": "string",
              "dimension_id": "string", "value": "double"},
            "partitionBy": ["indicator_id"], "similarity": {}}
        }}
        """

    /// Drops in turn, each followed by a settled flow.
    static let steps: [(name: String, files: [(key: String, text: String)], removed: [String])] = [
        (
            "the first files",
            [
                ("orders/a.csv", "id,region,total,note\n1,eu,1.5,x\n2,us,2.5,y\n3,eu,3.5,z\n"),
                ("orders/b.csv", "id,region,total,note\n4,us,4.5,x\n5,eu,high,y\n6,us,6.5,z\n"),
                ("orders/c.csv", "id,region,total,note\n7,eu,7.5,x\n"),
                ("products/monday.csv", "sku,name,price\na,one,1\nb,two,2\nc,three,3\n"),
                ("prices/p.csv", "sku,price\na,1\nb,2\n"),
                ("days/one.csv", "id,when\n1,2024-01-01\n2,2024-01-02\n3,2024-01-02\n"),
                ("trips/t.csv", "trip,cities,status\n1,bern|basel,done\n2,chur,cancelled\n"),
                ("events/e.jsonl", "{\"a\":1}\n{\"a\":2}\n"),
                ("strict/good.csv", "n\n1\n2\n"), ("strict/bad.csv", "n\n1\nmany\n"),
                ("lines/l.json", "[{\"a\": 1},\n\n {\"a\": 2}]\n"),
                ("places/v.csv", places(["US", "US:ST:MN", "US:ST:WI"], factor: 1)),
            ],
            []
        ),
        (
            "newer versions",
            [
                ("orders/a.csv", "id,region,total,note\n1,eu,1.5,x\n2,us,20.5,y\n"),
                ("orders/b.csv", "id,region,total,note\n4,us,4.5,x\n5,eu,bad,y\n6,us,no,z\n"),
                ("products/tuesday.csv", "sku,name,price\nb,zwei,2.5\nd,four,4\n,none,5\n"),
                ("days/two.csv", "id,at\n4,2024-01-02\n5,2024-01-03\n"),
                ("prices/q.csv", "sku,price\na,10\nb,20\nc,30\n"),
                ("places/w.csv", places(["US", "US:ST:MN", "US:ST:WI"], factor: 2, "J")),
            ],
            []
        ),
        (
            "a deletion and a wider column", [("orders/d.csv", "id,region,size\n8,us,9\n")],
            ["orders/c.csv"]
        ),
    ]

    static let transform = """
        SELECT trip, unnest(string_split(cities, '|')) AS city FROM source WHERE status = 'done'
        """

    static let query = "SELECT a AS number, 10 * a AS price FROM lines"

    private static func places(_ locales: [String], factor: Int, _ name: String = "I") -> String {
        var text = "indicator_id,locale,interval,dimension_id,value\n"
        for (index, locale) in locales.enumerated() {
            for year in 0..<5 {
                for dimension in 0..<2 {
                    let value = (index + 1) * (year * factor + 1) + dimension * year
                    text += "\(name),\(locale),Y1:\(2000 + year),D\(dimension),\(value)\n"
                }
            }
        }
        return text
    }

    /// A new flow after the first `count` steps.
    static func made(steps count: Int) async throws -> FlowFolder {
        let flow = try FlowFolder(settings: settings)
        try flow.folder.write(transform, to: "trips.sql")
        try flow.folder.write(query, to: "offers.sql")
        for step in steps.prefix(count) { try await apply(step, to: flow) }
        return flow
    }

    static func apply(
        _ step: (name: String, files: [(key: String, text: String)], removed: [String]),
        to flow: FlowFolder
    ) async throws {
        for key in step.removed { try flow.remove("stage-1/\(key)") }
        for file in step.files { try flow.drop(file.text, file.key) }
        try await flow.up()
    }

    /// The flow after all steps, made once; tests copy it.
    static func settled() async throws -> FlowFolder { try await once.value }

    private static let once = Task {
        let flow = try await made(steps: 1)
        // What the catalog said once, for a fault.
        try flow.folder.write(flow.text("catalog/orders.json"), to: "old-orders.json")
        for step in steps.dropFirst() { try await apply(step, to: flow) }
        return flow
    }
}
