import Events
import FunctionConfig
import Testing

@Suite("The settings of when an object is taken")
struct SettlingSettingsTests {
    private func config(_ trigger: String, _ more: String = "") throws -> FunctionConfig {
        try FunctionConfig(
            json: """
                { "functions": { "f": { "handler": "/bin/true", "writes": [] } } \(more),
                  "triggers": [ { "id": "t", "function": "f", "bucket": "stage-1" \(trigger) } ] }
                """,
            path: "/x/functions.json",
            surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
        )
    }

    @Test("are read, with defaults")
    func read() throws {
        let given = try config(
            #", "quiet": 1.5, "marker": "*.done""#,
            #", "rescan": 5, "notifications": false"#
        )
        guard case .bucket(let source) = given.triggers[0].source else {
            Issue.record("no bucket")
            return
        }
        #expect(source.quiet == 1.5)
        #expect(source.marker == MarkerName("*.done"))
        #expect(source.mismatch(key: "a/b.csv.done", table: nil) == .marker(MarkerName("*.done")))
        #expect(source.matches(key: "a/b.csv", table: nil))
        #expect(given.rescan == 5 && !given.notifications)
        let plain = try config("")
        #expect(plain.rescan == 60 && plain.notifications)
    }

    @Test("can be given to a trigger of the standard flow, in whose place it stands")
    func standard() throws {
        let config = try FunctionConfig(
            json: """
                { "triggers": ["standard",
                    { "id": "new-file", "function": "split", "bucket": "stage-1", "quiet": 5 } ] }
                """,
            path: "/x/functions.json",
            surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
        )
        #expect(config.triggers.map(\.id) == ["staged", "to-lake", "to-wh", "new-file"])
    }

    @Test(
        "are refused where they cannot be",
        arguments: [
            (#", "quiet": -1"#, "triggers[0].quiet", "outside 0.0 to 86400.0"),
            (#", "quiet": "1""#, "triggers[0].quiet", "outside"),
            (#", "marker": """#, "triggers[0].marker", "it is empty"),
            (#", "marker": 1"#, "triggers[0].marker", "it is not text"),
            (#", "marker": "done/_SUCCESS""#, "triggers[0].marker", "slash"),
            (#", "marker": "*.*""#, "triggers[0].marker", "more than one *"),
            (#", "marker": "*""#, "triggers[0].marker", "its own marker"),
            (#", "suffix": ".csv", "marker": "*.csv""#, "triggers[0].marker", "would be a marker"),
            (#", "quiet": 1, "events": ["s3:ObjectRemoved:*"]"#, "triggers[0].quiet", "created"),
        ]
    )
    func refused(trigger: String, path: String, problem: String) throws {
        let failure = try #require(throws: FunctionConfigError.self) { try config(trigger) }
        #expect(failure.problems.map(\.path) == [path])
        #expect(failure.problems.first?.problem.contains(problem) == true)
    }

    @Test(
        "of scans are refused where they cannot be",
        arguments: [#""rescan": 0"#, #""rescan": 1.5"#, #""notifications": 1"#]
    )
    func scans(setting: String) throws {
        let failure = try #require(throws: FunctionConfigError.self) {
            try config("", ", " + setting)
        }
        #expect(failure.problems.count == 1)
    }
}
