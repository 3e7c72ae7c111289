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

    @Test(
        "refuse partitions that cannot be computed",
        arguments: [
            #"{"partitionBy":["week(time)"]}"#,
            #"{"partitionBy":["day(time"]}"#,
            #"{"partitionBy":["day()"]}"#,
            #"{"partitionBy":["bucket(time)"]}"#,
            #"{"partitionBy":["bucket(0, item)"]}"#,
            #"{"partitionBy":["day(Time)"]}"#,
            #"{"partitionBy":["day(_seq)"]}"#,
            #"{"partitionBy":["day(time)","day(time)"]}"#,
            #"{"partitionBy":["day(time)"],"columns":{"time":"string"}}"#,
            #"{"partitionBy":["day(time)"],"columns":{"time_day":"date"}}"#,
            #"{"partitionBy":["day(time)"],"columnMap":{"time_day":["x"]}}"#,
            #"{"partitionBy":["bucket(4, tags)"],"columns":{"tags":"array<string>"}}"#,
            #"{"partitionBy":["day(time)"],"columns":{"a":"int"},"otherColumns":"drop"}"#,
        ]
    )
    func wrongPartition(table: String) {
        #expect(problems(table)["partitionBy"] != nil)
    }

    @Test(
        "name computed partition columns",
        arguments: [
            ("year(at)", "at_year"), ("month(at)", "at_month"), ("day(at)", "at_day"),
            ("hour(at)", "at_hour"), ("bucket( 16 , item )", "item_bucket_16"),
        ]
    )
    func computedNames(text: String, name: String) throws {
        #expect(problems("{\"partitionBy\":[\"\(text)\"],\"sortBy\":[\"at\"]}").isEmpty)
        #expect(try #require(ComputedPartition(text)).name == name)
    }
}
