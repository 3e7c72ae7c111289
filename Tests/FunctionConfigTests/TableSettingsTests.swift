import FunctionConfig
import Testing

@Suite("Settings of tables")
struct TableSettingsTests {
    /// The problems of one table's settings, by the key below `tables.t`.
    private func problems(_ table: String) -> [String: String] {
        do {
            _ = try FunctionConfig(
                json: "{\"tables\":{\"t\":\(table)}}",
                path: "/x/functions.json",
                surroundings: FunctionConfig.Surroundings(
                    bucketsFolder: "/x/buckets",
                    environment: [:]
                )
            )
            return [:]
        } catch {
            let prefix = "tables.t."
            return Dictionary(
                error.problems.map { ($0.path.replacing(prefix, with: ""), $0.problem) },
                uniquingKeysWith: { $0 + "; " + $1 }
            )
        }
    }

    @Test(
        "refuse a name of two columns",
        arguments: [
            #"{"columnMap":{"a":["Zip"],"b":["zip code","ZIP"]}}"#,
            #"{"columnMap":{"a":["x"],"b":["A"]}}"#,
            #"{"columnMap":{"b":["Zip Code"]},"columns":{"zip_code":"string"}}"#,
            #"{"columnMap":{"a":["日期"],"b":["日期"]}}"#,
        ]
    )
    func nameOfTwoColumns(table: String) {
        #expect(problems(table)["columnMap.b"]?.contains("is a name of `") == true)
    }

    @Test(
        "refuse a map that cannot be",
        arguments: [
            (#"{"columnMap":{"Zip":["x"]}}"#, "columnMap.Zip"),
            (#"{"columnMap":{"zip":"x"}}"#, "columnMap.zip"),
            (#"{"columnMap":{"zip":[""]}}"#, "columnMap.zip"),
            (
                #"{"columnMap":{"zip":["x"]},"columns":{"a":"int"},"format":{"header":false}}"#,
                "columnMap"
            ),
            (#"{"otherColumns":"drop"}"#, "otherColumns"),
            (#"{"otherColumns":"none","columns":{"a":"int"}}"#, "otherColumns"),
            (#"{"otherColumns":"drop","columns":{"a":"int"},"sortBy":["b"]}"#, "sortBy"),
            (
                #"{"otherColumns":"drop","columns":{"a":"int"},"mode":"upsert","keys":["b.c"]}"#,
                "keys"
            ),
        ]
    )
    func wrongMap(table: String, path: String) {
        #expect(problems(table)[path] != nil)
    }

    @Test("take a map of several names")
    func goodMap() {
        let table =
            #"{"columnMap":{"zip":["Incident Zip","zip","place.zip"],"a":[]},"#
            + #""otherColumns":"drop","sortBy":["zip","a"]}"#
        #expect(problems(table).isEmpty)
    }

    @Test(
        "refuse patterns that tell no date or no time",
        arguments: [
            ("%m/%d", true), ("%Y-%m-%d", true), ("%Y-%m-%d %I:%M", true),
            ("%Y-%m-%d %H:%M %Z", true),
            ("%Y-%m-%d %Q", true), ("%Y-%m-%d %H%", true), ("%H:%M", false), ("%Y-%m-%d %H", false),
            ("%Y-%d", false),
        ]
    )
    func wrongPattern(pattern: String, isTime: Bool) {
        let key = isTime ? "timestampFormats" : "dateFormats"
        #expect(problems("{\"format\":{\"\(key)\":[\"\(pattern)\"]}}")["format." + key] != nil)
    }

    @Test(
        "take patterns of dates and times",
        arguments: [
            ("%m/%d/%Y %I:%M:%S %p", true), ("%j %Y %%%H:%M%z", true), ("%-d.%-m.%y", false),
            ("%B %d, %Y", false),
        ]
    )
    func goodPattern(pattern: String, isTime: Bool) {
        let key = isTime ? "timestampFormats" : "dateFormats"
        #expect(problems("{\"format\":{\"\(key)\":[\"\(pattern)\"]}}").isEmpty)
    }
}
