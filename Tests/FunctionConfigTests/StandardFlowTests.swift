import FunctionConfig
import Testing

@Suite("The standard flow")
struct StandardFlowTests {
    @Test("stands in a list of triggers by its name, beside others")
    func inList() throws {
        let config = try Self.config(
            """
            {"triggers": [{"id": "first", "function": "compact", "schedule": "rate(1 day)"},
              "standard", {"id": "last", "function": "split", "bucket": "inbox"}]}
            """
        )
        let standard = try Self.config("{}").triggers.map(\.id)
        #expect(standard == ["new-file", "staged", "to-lake", "to-wh"])
        #expect(config.triggers.map(\.id) == ["first"] + standard + ["last"])
    }

    @Test("has no load without a warehouse")
    func lakeOnly() throws {
        let config = try Self.config(
            #"{"warehouse": false, "tables": {"t": {"similarity": {}}}}"#
        )
        #expect(!config.hasWarehouse)
        #expect(config.function(named: "load") == nil)
        #expect(config.triggers.map(\.id) == ["new-file", "staged", "to-lake", "similar"])
        #expect(try Self.config("{}").hasWarehouse)
    }

    @Test(
        "is refused where it cannot be",
        arguments: [
            (#"{"triggers": ["standart"]}"#, "triggers[0]"),
            (#"{"triggers": "standard"}"#, "triggers"),
            (#"{"triggers": ["standard", "standard"]}"#, "triggers"),
            (
                #"{"functions": {"split": {}, "crawl": {}, "load": {}}, "triggers": ["standard"]}"#,
                "triggers[0]"
            ),
            (#"{"warehouse": false, "migrations": "schema"}"#, "migrations"),
            (#"{"warehouse": false, "warehouseSchema": "s"}"#, "warehouseSchema"),
            (#"{"warehouse": true}"#, "warehouse"),
            (
                #"{"warehouse": false, "functions": {"f": {"handler": "load"}}, "triggers": []}"#,
                "functions.f"
            ),
        ]
    )
    func refused(text: String, path: String) {
        let error = #expect(throws: FunctionConfigError.self) { try Self.config(text) }
        #expect(error?.problems.map(\.path).contains(path) == true, "\(String(describing: error))")
    }

    static func config(_ text: String) throws(FunctionConfigError) -> FunctionConfig {
        try FunctionConfig(
            json: text,
            path: "/x/functions.json",
            surroundings: FunctionConfig.Surroundings(
                bucketsFolder: "/x/buckets",
                environment: [:]
            )
        )
    }
}

@Suite("The setting `onDelete`")
struct OnDeleteTests {
    private static let tables = #""tables": {"t": {"onDelete": "retract"}}"#

    @Test("lets the standard flow hear of deleted files, where a table asks for it")
    func standard() throws {
        let config = try StandardFlowTests.config("{\(Self.tables)}")
        #expect(Self.events(config) == ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
        #expect(Self.events(try StandardFlowTests.config("{}")) == ["s3:ObjectCreated:*"])
    }

    @Test("is refused where no trigger hears of deleted files")
    func unheard() throws {
        let trigger = #"{"id": "new", "function": "split", "bucket": "stage-1""#
        #expect(throws: FunctionConfigError.self) {
            try StandardFlowTests.config("{\(Self.tables), \"triggers\": [\(trigger)}]}")
        }
        _ = try StandardFlowTests.config(
            "{\(Self.tables), \"triggers\": [\(trigger), "
                + #""events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}]}"#
        )
    }

    private static func events(_ config: FunctionConfig) -> [String]? {
        guard case .bucket(let source) = config.triggers.first?.source else { return nil }
        return source.events
    }
}
