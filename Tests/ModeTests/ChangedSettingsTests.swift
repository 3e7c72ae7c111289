import Testing

@Suite("Another setting of a table with rows")
struct ChangedSettingsTests {
    @Test("of its partitions has the rows read again, in lake and warehouse alike")
    func partitions() async throws {
        let flow = try HandFlow(settings: #"{"partitionBy": ["bucket(2, id)"]}"#)
        let old = try await flow.split("a", [Row(id: "k1", part: "p", value: "1")])
        try await flow.crawl([old])
        try await flow.invoke("convert", [old])
        try await flow.invoke("load", [old])

        try flow.configure(#"{"partitionBy": ["bucket(1000, id)", "part"]}"#)
        let new = try await flow.split("b", [Row(id: "k2", part: "q", value: "2")])
        try await flow.crawl([new])
        try await flow.invoke("convert", [new])
        try await flow.invoke("load", [new])

        let expected = [
            "k1,p,1,\(old.source),\(old.sequencer)", "k2,q,2,\(new.source),\(new.sequencer)",
        ]
        for table in ["lake.t", "warehouse.t"] {
            #expect(try await flow.rows(of: table) == expected)
            let wrong =
                "\(table) WHERE id_bucket_1000 IS DISTINCT FROM md5_number_lower(id) % 1000"
            #expect(try await flow.rows(of: wrong) == [])
        }
    }

    @Test("of its `transform` keeps columns that are made no more")
    func transform() async throws {
        let flow = try HandFlow(settings: #"{"transform": "t.sql"}"#)
        try flow.write("SELECT *, 1 AS one FROM source", beside: "t.sql")
        let old = try await flow.split("a", [Row(id: "k1", part: "p", value: "1")])
        try await flow.crawl([old])
        try await flow.invoke("convert", [old])
        try await flow.invoke("load", [old])

        try flow.write("SELECT * FROM source", beside: "t.sql")
        let new = try await flow.split("b", [Row(id: "k2", part: "q", value: "2")])
        try await flow.crawl([new])
        try await flow.invoke("convert", [new])
        try await flow.invoke("load", [new])
        for table in ["lake.t", "warehouse.t"] {
            #expect(try await flow.rows(of: "\(table) WHERE one = 1").count == 1)
            #expect(try await flow.rows(of: "\(table) WHERE one IS NULL").count == 1)
        }
    }
}
