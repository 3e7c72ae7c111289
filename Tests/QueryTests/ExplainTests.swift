import FoundationEssentials
import TestSupport
import Testing

@Suite("An explained query")
struct ExplainTests {
    /// `places` of 1,000 cities in a file each, a hundred numbers in each.
    private func buckets() throws -> QueryBuckets {
        let buckets = try QueryBuckets()
        let rows = "SELECT i AS id, 'city ' || i % 1000 AS city FROM range(100000) t(i)"
        try buckets.add(rows, to: "places", at: 0)
        return buckets
    }

    @Test("tells how many files it would read, and runs nothing")
    func files() async throws {
        let buckets = try buckets()
        let sql = "SELECT sum(id) AS s FROM places WHERE city = 'city 7' AND id > 50"
        let end = try await buckets.ask("--explain", sql)
        let lines = end.text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("lake.places, version 0: reads 1 of 1,000 files, "))
        #expect(lines[1...2] == ["  columns: id, city", "  filters: id > 50 AND city = 'city 7'"])
        #expect(lines[3] == "plan")
        #expect(lines.contains { $0.contains("READ_PARQUET") && $0.contains("id>50") })
        #expect(!lines.contains { $0.contains("people") })
        #expect(try await buckets.ask(sql).text == "s\n\(7 * 99 + 1000 * 4950)\n")
    }

    @Test("is one that reads only those files: the others may be gone")
    func reading() async throws {
        let buckets = try buckets()
        let lake = buckets.folder.path("buckets/lake/places")
        for name in try FileManager.default.contentsOfDirectory(atPath: lake)
        where name != "_delta_log" && name != "city=city%207" {
            try FileManager.default.removeItem(atPath: "\(lake)/\(name)")
        }
        let sql = "SELECT count(*) AS n FROM places WHERE city = $city"
        #expect(try await buckets.ask(sql, "--set", "city=city 7").text == "n\n100\n")
        #expect(try await buckets.ask("SELECT count(*) FROM places").code == 1)
    }

    @Test("leaves out files by the bounds that the log has of columns")
    func bounds() async throws {
        let buckets = try buckets()
        let end = try await buckets.ask("--explain", "FROM places WHERE id IN (3, 4) OR id > 99997")
        #expect(end.text.contains("of 1,000 files"))
        #expect(end.text.hasPrefix("lake.places, version 0: reads 7 of"), "\(end.text)")
    }

    @Test("tells the same as JSON, with a file's bytes")
    func json() async throws {
        struct Told: Decodable {
            struct Table: Decodable {
                let table: String
                let version: Int
                let files: Int
                let filesRead: Int
                let bytes: Int
                let bytesRead: Int
                let columns: [String]
                let scans: [[String]]
            }
            let tables: [Table]
        }
        let buckets = try QueryBuckets()
        let sql = "SELECT a.id FROM people a JOIN people b ON a.id = b.id AND a.city = $c"
        let end = try await buckets.ask("--explain", "--format", "json", "--set", "c=Oslo", sql)
        let told = try JSONDecoder().decode(Told.self, from: end.output)
        let table = try #require(told.tables.first)
        #expect(told.tables.count == 1)
        #expect(table.table == "people" && table.version == 0)
        #expect(table.files == 3 && table.filesRead == 3)
        #expect(table.bytes == table.bytesRead && table.bytes > 0)
        #expect(table.columns == ["id", "city"])
        #expect(Set(table.scans) == [["city = 'Oslo'"], []])
    }

    @Test("is refused where there is nothing to explain")
    func refusals() async throws {
        let buckets = try QueryBuckets()
        #expect(try await buckets.ask("--explain", "EXPLAIN FROM people").code == 2)
        #expect(try await buckets.ask("--explain", "--chart", "bar", "FROM people").code == 2)
        let unknown = try await buckets.ask("--explain", "FROM pepole")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("lake tables: people"))
    }
}
