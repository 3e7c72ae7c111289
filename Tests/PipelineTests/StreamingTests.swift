import Events
import TestSupport
import Testing

@Suite("The streaming pipeline")
struct StreamingTests {
    @Test("answers its seven questions on the real files")
    func answers() async throws {
        guard let folder = sharedData("streaming") else { return }
        let buckets = try PipelineBuckets("streaming")
        for name in ["authors", "books", "reviews"] {
            try buckets.drop("\(folder)/\(name).json", as: "vendor/\(name).json")
        }
        for name in ["users", "movies", "streams"] {
            try buckets.drop("\(folder)/\(name).csv", as: "\(name)/\(name).csv")
        }
        try await buckets.settle()

        let known = [
            "movies_based_on_books":
                #"{"percentage":93.41,"based_on_books":85,"streamed_movies":91}"#,
            "unforgiven_started": #"{"users":1}"#,
            "unforgiven_in_progress": #"{"users":4}"#,
            "singaporean_movies": #"{"movies":3}"#,
            "average_duration": #"{"hours":12.04}"#,
            "median_size": #"{"median_mb":935.901}"#,
            "engaged_users": #"{"users":65}"#,
        ]
        #expect(try Set(buckets.savedQueries()) == Set(known.keys))
        for (name, row) in known {
            #expect(try await buckets.answer(name) == [JSONValue(parsing: row)], "\(name)")
        }
        // Every record is a row, or in quarantine: one author has no name.
        let loads = try await buckets.rows(
            "SELECT table_name, rows, rejects FROM warehouse.sluice_loads ORDER BY table_name"
        )
        let expected: [(String, Int64, Int64)] = [
            ("authors", 200, 1), ("books", 103, 0), ("movies", 91, 0), ("reviews", 501, 0),
            ("streams", 9652, 0), ("users", 783, 0),
        ]
        #expect(
            loads
                == expected.map {
                    [
                        "table_name": .string($0.0), "rows": .integer($0.1),
                        "rejects": .integer($0.2),
                    ]
                }
        )
    }

    @Test("keeps what a later dump leaves out, and shows what a record was before")
    func history() async throws {
        let buckets = try PipelineBuckets("streaming")
        try buckets.drop("stage-1")
        try await buckets.settle()
        let ask =
            "SELECT name, publisher FROM books WHERE name LIKE '%ed Room' OR name LIKE 'Letters%'"
        let before = try await buckets.rows(ask)
        try buckets.drop("stage-1.2")
        try await buckets.settle()

        let now = try await buckets.rows(ask)
        #expect(before.count == 2)
        #expect(now.count == 2)
        #expect(now.contains { $0["publisher"] == .string("Second Edition House") })
        // Rows of a table have no order.
        let sorted = { (rows: [JSONValue]) in
            rows.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }
        }
        #expect(try await sorted(buckets.rows(ask, asOf: 0)) == sorted(before))
        #expect(sorted(now) != sorted(before))
    }
}
