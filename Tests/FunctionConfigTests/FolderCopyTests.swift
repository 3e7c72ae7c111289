import FunctionConfig
import Testing

@Suite("Settings of functions that copy")
struct FolderCopyTests {
    /// The settings of one function called `sync`, or what is wrong with them by their key.
    private func read(
        _ settings: String,
        handler: String = "sync",
        environment: [String: String] = [:]
    ) -> Result<FunctionConfig, FunctionConfigError> {
        Result { () throws(FunctionConfigError) in
            try FunctionConfig(
                json: """
                    {"functions":{"f":{"handler":"\(handler)",\(settings)}},"triggers":[]}
                    """,
                path: "/x/functions.json",
                surroundings: FunctionConfig.Surroundings(
                    bucketsFolder: "/x/buckets",
                    environment: environment
                )
            )
        }
    }

    private func problems(_ settings: String, handler: String = "sync") -> [String: String] {
        guard case .failure(let error) = read(settings, handler: handler) else { return [:] }
        return Dictionary(
            error.problems.map { ($0.path.replacing("functions.f.", with: ""), $0.problem) },
            uniquingKeysWith: { $0 + "; " + $1 }
        )
    }

    @Test(
        "say by the form of the place which program copies",
        arguments: [
            ("s3://vendor/out/", "aws", "s3://vendor/out/"),
            ("rclone:vendor:out", "rclone", "rclone:vendor:out"),
            ("rclone::local:/srv", "rclone", "rclone::local:/srv"),
            ("rsync://host/module/path", "rsync", "rsync://host/module/path"),
            ("me@host:/srv/out", "rsync", "me@host:/srv/out"),
            ("host::module", "rsync", "host::module"),
            ("/srv/out", "rsync", "/srv/out"),
            ("source", "rsync", "/x/source"),
            ("../source/./a", "rsync", "/source/a"),
            ("./a:b", "rsync", "/x/a:b"),
        ]
    )
    func places(text: String, program: String, shown: String) throws {
        let config = try read(#""from":"\#(text)","to":"stage-1""#).get()
        let copy = try #require(config.function(named: "f")?.copy)
        #expect(copy.place.program == program)
        #expect(copy.place.description == shown)
        #expect(config.function(named: "f")?.concurrency == 1)
    }

    @Test(
        "refuse what cannot be",
        arguments: [
            (#""to":"stage-1""#, "from"),
            (#""from":"/srv""#, "to"),
            (#""from":"","to":"stage-1""#, "from"),
            (#""from":"ftp://host/a","to":"stage-1""#, "from"),
            (#""from":"s3://","to":"stage-1""#, "from"),
            (#""from":"s3://key:secret@bucket/","to":"stage-1""#, "from"),
            (#""from":"rclone:vendor","to":"stage-1""#, "from"),
            (#""from":"rclone::s3,secret_access_key=x:b","to":"stage-1""#, "from"),
            (#""from":"rsync://host","to":"stage-1""#, "from"),
            (#""from":"rsync://me:secret@host/m","to":"stage-1""#, "from"),
            (#""from":"--rsh=x","to":"stage-1""#, "from"),
            (#""from":"${HOME}/a","to":"stage-1""#, "from"),
            (#""from":"a\nb","to":"stage-1""#, "from"),
            (#""from":"buckets/results","to":"stage-1""#, "from"),
            (#""from":".","to":"stage-1""#, "from"),
            (#""from":"/srv","to":"/srv/b""#, "to"),
            (#""from":"/srv","to":"stage-1/""#, "to"),
            (#""from":"/srv","to":"stage-1/../lake""#, "to"),
            (#""from":"/srv","to":".sluice""#, "to"),
            (#""from":"/srv","to":"lake/t""#, "to"),
            (#""from":"/srv","to":"stage-1","concurrency":2"#, "concurrency"),
            (#""from":"/srv","to":"stage-1","options":["--inplace"]"#, "options"),
            (#""from":"/srv","to":"stage-1","options":["-avP"]"#, "options"),
            (#""from":"/srv","to":"stage-1","options":["--temp-dir=/tmp"]"#, "options"),
            (#""from":"rclone:a:b","to":"stage-1","options":["--inplace"]"#, "options"),
            (#""from":"/srv","to":"stage-1","timeout":86401"#, "timeout"),
        ]
    )
    func refused(settings: String, key: String) {
        #expect(problems(settings).keys.sorted() == [key])
    }

    @Test("refuse to publish into the buckets, and to know places with other handlers")
    func others() {
        #expect(
            problems(#""from":"results","to":"buckets/stage-1""#, handler: "publish")["to"] != nil
        )
        #expect(
            problems(#""from":"results","to":"/srv","timeout":86400"#, handler: "publish") == [:]
        )
        #expect(problems(#""from":"/srv""#, handler: "./mine")["from"] == "this key is not known")
    }

    @Test("refuse to publish where a function fetches, and see loops through what is fetched")
    func together() {
        func problems(_ functions: String, _ triggers: String = "") -> [String] {
            do {
                _ = try FunctionConfig(
                    json: "{\"functions\":{\(functions)},\"triggers\":[\(triggers)]}",
                    path: "/x/functions.json",
                    surroundings: .init(bucketsFolder: "/x/buckets", environment: [:])
                )
                return []
            } catch {
                return error.problems.map(\.path)
            }
        }
        let fetch = #""sync":{"from":"/srv/in","to":"stage-1"}"#
        #expect(
            problems(fetch + #","publish":{"from":"results","to":"/srv/in/out"}"#) == [
                "functions.publish.to"
            ]
        )
        #expect(problems(fetch + #","publish":{"from":"results","to":"/srv/in-out"}"#) == [])
        let own = #"{"id":"t","function":"sync","bucket":"stage-1"}"#
        #expect(problems(fetch, own) == ["triggers"])
        #expect(problems(fetch, own.replacing("stage-1", with: "results")) == [])
    }

    @Test("let the programs have variables of AWS, and are shown without their values")
    func variables() throws {
        let config = try read(
            #""from":"s3://b","to":"stage-1","environment":{"AWS_PROFILE":"${P}"}"#,
            environment: ["P": "secret"]
        ).get()
        let function = try #require(config.function(named: "f"))
        #expect(function.environment == ["AWS_PROFILE": "secret"])
        #expect(function.writtenEnvironment == ["AWS_PROFILE": "${P}"])
        let lambda = #""from":"s3://b","to":"stage-1","environment":{"AWS_LAMBDA_X":"1"}"#
        #expect(problems(lambda)["environment.AWS_LAMBDA_X"] != nil)
    }
}
