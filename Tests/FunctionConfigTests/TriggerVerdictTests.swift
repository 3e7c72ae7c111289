import Events
import Testing

@testable import FunctionConfig

@Suite("Why a trigger is not set off")
struct TriggerVerdictTests {
    private static let settings = """
        { "functions": { "f": { "handler": "./f", "writes": [] },
            "g": { "handler": "./g", "writes": [] } },
          "tables": { "people": {}, "places": { "match": "inbox/geo/**" },
            "indicators": { "similarity": {} } },
          "triggers": [
            { "id": "csv", "function": "f", "bucket": "inbox", "prefix": "in/", "suffix": ".csv" },
            { "id": "gone", "function": "g", "bucket": "inbox",
              "events": ["s3:ObjectRemoved:*"] },
            { "id": "two", "function": "g", "bucket": "other", "tables": ["people", "places"] },
            { "id": "compared", "function": "f", "bucket": "lake", "tablesWith": "similarity" },
            { "id": "after", "function": "g", "crawler": "f" } ] }
        """

    private func config() throws -> FunctionConfig {
        try FunctionConfig(
            json: Self.settings,
            path: "/somewhere/functions.json",
            surroundings: .init(bucketsFolder: "/somewhere/buckets", environment: [:])
        )
    }

    private func mismatches(
        _ object: String,
        _ eventName: String = "ObjectCreated:Put"
    ) throws -> [String: TriggerVerdict.Mismatch?] {
        let key = try #require(ObjectKey(object))
        let verdicts = try config().verdicts(on: key, eventName: eventName)
        return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.trigger.id, $0.mismatch) })
    }

    @Test("names the first thing that keeps an object from a trigger")
    func reasons() throws {
        let found = try mismatches("inbox/in/a.tsv")
        #expect(found["csv"] == .suffix(".csv"))
        #expect(found["gone"] == .events(["s3:ObjectRemoved:*"]))
        #expect(found["two"] == .bucket("other"))
        #expect(found["after"] == .crawler("f"))
        #expect(try mismatches("inbox/out/a.csv")["csv"] == .prefix("in/"))
        #expect(try mismatches("inbox/in/a.csv")["csv"] == .some(nil))
        #expect(
            try mismatches("other/a/b.csv")["two"] == .tables(["people", "places"], setting: nil)
        )
        #expect(
            try mismatches("lake/people/_delta_log/00000000000000000000.json")["compared"]
                == .tables(["indicators"], setting: "similarity")
        )
    }

    @Test("says that prefix and suffix may not share characters")
    func overlap() {
        var source = Trigger.BucketSource(bucket: "b")
        source.prefix = "a/x"
        source.suffix = "x.csv"
        #expect(source.mismatch(key: "a/x.csv", table: nil) == .suffix("x.csv"))
        #expect(source.mismatch(key: "a/xx.csv", table: nil) == nil)
    }

    @Test(
        "agrees with the triggers that are set off",
        arguments: [
            "inbox/in/a.csv", "inbox/in/a.tsv", "inbox/geo/x.csv", "other/people/a", "other/x/a",
            "lake/indicators/_delta_log/00000000000000000000.json", "nowhere/a",
        ]
    )
    func agreement(object: String) throws {
        let config = try config()
        let key = try #require(ObjectKey(object))
        for event in ["ObjectCreated:Put", "ObjectRemoved:Delete"] {
            let matching = config.verdicts(on: key, eventName: event).filter { $0.mismatch == nil }
            #expect(
                matching.map(\.trigger.id)
                    == config.triggers(for: key, eventName: event).map(\.id)
            )
        }
    }

    @Test("tells by which match a table claims an object")
    func tables() throws {
        let config = try config()
        let claimed = try #require(ObjectKey("inbox/geo/x.csv"))
        #expect(config.tableMatching(claimed)?.name == "places")
        let other = try #require(ObjectKey("inbox/people/x.csv"))
        #expect(config.tableMatching(other) == nil)
        #expect(config.table(of: other) == "people")
    }
}
