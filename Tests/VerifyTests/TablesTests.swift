import Events
import TestSupport
import Testing

@Suite("The list of tables")
struct TablesTests {
    @Test("has a line for each table, with what lake and warehouse hold")
    func list() async throws {
        let flow = try await PreparedFlow.settled()
        let end = try await flow.sluice(["tables"])
        #expect(end.code == 0 && end.errors.isEmpty)
        let lines = end.text.split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
        #expect(
            lines.map(\.first) == [
                "table", "compared_sets", "days", "events", "lines", "offers", "orders", "places",
                "prices",
                "products",
                "strict", "trips", "weighted_distances",
            ]
        )
        let orders = try #require(lines.first { $0.first == "orders" })
        let files = try flow.dataFiles("orders").count
        #expect(Array(orders[1...3]) == ["append", "5", "\(files)"])

        let json = try JSONValue(parsing: await flow.sluice(["tables", "--json"]).text)
        let products = try #require(json.array?.first { $0["table"]?.string == "products" })
        #expect(products["mode"]?.string == "upsert")
        #expect(products["lake"]?["rows"]?.integer == 4)
        #expect(products["warehouse"]?["rows"]?.integer == 4)
        #expect(products["lastChange"]?.string?.hasSuffix("Z") == true)
        let results = try #require(json.array?.first { $0["table"]?.string == "compared_sets" })
        #expect(results["mode"] == nil)
    }

    @Test("describes one: columns, partitions, versions, changes, loads")
    func description() async throws {
        let flow = try await PreparedFlow.settled()
        let orders = try JSONValue(parsing: await flow.sluice(["tables", "orders", "--json"]).text)
        let columns = try #require(orders["columns"]?.array).map { column in
            [column["name"], column["type"], column["origin"]].map { $0?.string ?? "" }
                .joined(separator: " ")
        }
        #expect(
            columns == [
                "id bigint given", "total double given", "region string inferred",
                "note string inferred", "size bigint inferred", "_source string sluice",
                "_seq bigint sluice",
            ]
        )
        let lake = try #require(orders["lake"])
        #expect(lake["partitionedBy"] == ["region"])
        #expect(lake["partitions"]?.integer == 2)
        #expect(lake["largestPartitions"]?.array?.first?["name"]?.string == "region=us")
        #expect(lake["largestPartitions"]?.array?.first?["rows"]?.integer == 3)
        let versions = try #require(lake["lastVersions"]?.array)
        #expect(versions.map { $0["version"]?.integer } == [2, 1, 0])
        #expect(versions.map { $0["rowsAdded"]?.integer } == [1, 3, 6])
        let changes = try #require(orders["changes"]?.array).flatMap { $0["changes"]?.array ?? [] }
        #expect(
            changes == [
                "created", "added column size bigint", "created", "added column size bigint",
            ]
        )
        let warehouse = try #require(orders["warehouse"])
        #expect(warehouse["rows"]?.integer == 5)
        #expect(warehouse["loaded"]?.integer == 4 && warehouse["replaced"]?.integer == 2)
        #expect(warehouse["rejectedRows"]?.integer == 2)
        #expect(warehouse["lastLoads"]?.array?.count == 6)

        let text = try await flow.sluice(["tables", "lake.trips"]).text
        #expect(text.hasPrefix("trips: mode append, transform "))
        #expect(text.contains("  city     string            transform\n"))
        #expect(text.contains("lake: 2 rows, 1 file, "))
        #expect(
            text.contains("warehouse: 2 rows, 4 columns, 1 version loaded, 0 replaced, 0 bad rows")
        )
    }

    @Test("names what there is when a table is not, and works before there is any")
    func unknown() async throws {
        let flow = try await PreparedFlow.settled()
        let end = try await flow.sluice(["tables", "order"])
        #expect(end.code == 2 && end.text.isEmpty)
        #expect(
            end.errors.contains("there is no table order; there are: compared_sets, days, events, ")
        )

        let empty = try FlowFolder(settings: "{}")
        #expect(try await empty.sluice(["tables"]).text.hasPrefix("no tables yet"))
        #expect(try await empty.sluice(["tables", "--json"]).text == "[\n\n]\n")
        #expect(try await empty.sluice(["tables", "t"]).code == 2)
    }

    @Test("tells of a log that cannot be read, and lists the others")
    func broken() async throws {
        let flow = try await FlowFolder(copyOf: PreparedFlow.settled())
        try flow.remove(flow.commit("orders", 1))
        let end = try await flow.sluice(["tables"])
        #expect(end.code == 1)
        #expect(end.errors.contains("lake/orders") && end.errors.contains("sluice verify"))
        #expect(end.text.contains("weighted_distances"))
    }
}
