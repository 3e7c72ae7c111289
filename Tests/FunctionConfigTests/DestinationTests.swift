import Events
import FunctionConfig
import Testing

@Suite("Settings of destinations")
struct DestinationTests {
    private func read(
        _ functions: String,
        triggers: String = "[]"
    ) -> Result<FunctionConfig, FunctionConfigError> {
        Result { () throws(FunctionConfigError) in
            try FunctionConfig(
                json: #"{"functions":{\#(functions)},"triggers":\#(triggers)}"#,
                path: "/x/functions.json",
                surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
            )
        }
    }

    private func problems(_ functions: String, triggers: String = "[]") -> [String: String] {
        guard case .failure(let error) = read(functions, triggers: triggers) else { return [:] }
        return Dictionary(
            error.problems.map { ($0.path, $0.problem) },
            uniquingKeysWith: { $0 + "; " + $1 }
        )
    }

    private static let own = #""g":{"handler":"./g"}"#

    @Test("name a function or a folder of a bucket")
    func places() throws {
        let config = try read(
            #""f":{"handler":"./f","onSuccess":{"function":"g"},"onFailure":{"bucket":"b","prefix":"p/q"}},"#
                + Self.own
        ).get()
        let function = try #require(config.function(named: "f"))
        #expect(function.onSuccess == .function("g"))
        #expect(function.onFailure == .folder(bucket: "b", prefix: "p/q/"))
        #expect(config.destinationTriggers.map(\.id) == ["f:onSuccess"])
        #expect(config.trigger(id: "f:onSuccess")?.function == "g")

        let file = try #require(
            function.onFailure?.file(
                of: "f",
                requestID: "c9fb5aca-5f98-4b3e-b126-b70244debdcf",
                sequencer: Sequencer(rawValue: 26),
                at: 1_795_259_775_063_913
            )
        )
        let name = "c9fb5aca-5f98-4b3e-b126-b70244debdcf-000000000000001a.json"
        #expect(file.description == "b/p/q/f/2026/11/21/\(name)")
        #expect(config.run(ofRecord: file) == "c9fb5aca-5f98-4b3e-b126-b70244debdcf")
        #expect(config.run(ofRecord: ObjectKey(bucket: "b", key: "p/q/f/a.json")) == nil)
        #expect(config.run(ofRecord: ObjectKey(bucket: "c", key: file.key)) == nil)
    }

    @Test(
        "refuse what cannot be",
        arguments: [
            (#"{}"#, "onFailure", "either a function or a bucket"),
            (#"{"function":"g","bucket":"b"}"#, "onFailure", "either a function or a bucket"),
            (#"{"function":"h"}"#, "onFailure.function", "there is no function"),
            (#"{"function":"crawl"}"#, "onFailure.function", "cannot take a record"),
            (#"{"function":"g","prefix":"a"}"#, "onFailure.prefix", "no use"),
            (#"{"bucket":"lake"}"#, "onFailure.bucket", "look after"),
            (#"{"bucket":"a/b"}"#, "onFailure.bucket", "no bucket name"),
            (#"{"bucket":"b","prefix":"a/.b"}"#, "onFailure.prefix", "begins with a dot"),
            (#"{"bucket":"b","prefix":"/a"}"#, "onFailure.prefix", "empty"),
            (#"{"bucket":"b","folder":"a"}"#, "onFailure.folder", "not known"),
        ]
    )
    func refusals(place: String, path: String, problem: String) {
        let found = problems(
            #""f":{"handler":"./f","onFailure":\#(place)},"crawl":{},"# + Self.own
        )
        #expect(found["functions.f.\(path)"]?.contains(problem) == true, "\(found)")
    }

    @Test("refuse loops, through functions and through buckets")
    func loops() {
        let chain = #"""
            "f":{"handler":"./f","writes":[],"onFailure":{"function":"g"}},
            "g":{"handler":"./g","writes":[],"onSuccess":{"function":"f"}}
            """#
        #expect(problems(chain)["triggers"]?.contains("f -> g -> f") == true)
        let own = #""f":{"handler":"./f","writes":[],"onFailure":{"function":"f"}}"#
        #expect(problems(own)["triggers"]?.contains("f -> f") == true)
        let bucket = #""f":{"handler":"./f","writes":[],"onSuccess":{"bucket":"b","prefix":"p"}}"#
        let all = #"[{"id":"t","function":"f","bucket":"b"}]"#
        #expect(problems(bucket, triggers: all)["triggers"]?.contains("f -> f") == true)
        let others = #"[{"id":"t","function":"f","bucket":"b","prefix":"in/"}]"#
        #expect(problems(bucket, triggers: others).isEmpty)
    }

    @Test("take no trigger's id for their own")
    func identifiers() {
        let functions = #""f":{"handler":"./f","onSuccess":{"function":"g"}},"# + Self.own
        let triggers = #"[{"id":"f:onSuccess","function":"g","bucket":"b"}]"#
        #expect(problems(functions, triggers: triggers)["triggers[0].id"] != nil)
    }

    @Test(
        "keep to a retention in days",
        arguments: [
            ("30", 30.0 as Double?), ("0.5", 0.5), ("false", nil), ("null", 30),
        ]
    )
    func retention(text: String, days: Double?) throws {
        let config = try FunctionConfig(
            json: #"{"retention":\#(text)}"#,
            path: "/x/functions.json",
            surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
        )
        #expect(config.retention == days)
    }

    @Test("refuse a retention that is none", arguments: ["0", "-1", "true", "\"30\"", "36501"])
    func badRetention(text: String) {
        #expect(throws: FunctionConfigError.self) {
            try FunctionConfig(
                json: #"{"retention":\#(text)}"#,
                path: "/x/functions.json",
                surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
            )
        }
    }
}
