import Buckets
import Events
import Testing

@Suite("Which files are objects")
struct ObjectRulesTests {
    @Test(
        "says why a key names no object",
        arguments: [
            ("stage-1/t/a.csv.tmp", ObjectRules.Exclusion.temporary(ending: ".tmp")),
            ("stage-1/t/a.csv~", .temporary(ending: "~")),
            ("stage-1/t/a.csv.0aF1b2C3", .temporary(ending: ".0aF1b2C3")),
            ("stage-1/.trash/a.csv", .hidden(".trash")),
            ("stage-1/t/.a.csv", .hidden(".a.csv")),
            ("stage-1/t//a.csv", .emptyPart),
            ("stage-2/t/a.csv/000660c7228378ba/part-00000.csv", .notManifest),
            ("lake/t/part-1.parquet", .notCommit),
            ("lake/t/_delta_log/1.json", .notCommit),
        ]
    )
    func exclusions(object: String, expected: ObjectRules.Exclusion) throws {
        let key = try #require(ObjectKey(object))
        #expect(ObjectRules.exclusion(of: key) == expected)
        #expect(!ObjectRules.isObject(key))
    }

    @Test(
        "takes all other keys for objects",
        arguments: [
            "stage-1/t/a.csv", "stage-1/a", "stage-1/t/a.tmp.csv", "stage-1/t/a.0aF1b2C",
            "stage-2/t/plain.csv",
            "stage-2/t/a.csv/000660c7228378ba/_manifest.json",
            "lake/t/_delta_log/00000000000000000012.json",
        ]
    )
    func objects(object: String) throws {
        let key = try #require(ObjectKey(object))
        #expect(ObjectRules.exclusion(of: key) == nil)
        #expect(ObjectRules.isObject(key))
    }
}
