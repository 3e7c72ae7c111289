import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// An S3 server of a test's own, and the `aws` that talks to it.
private struct StorageService {
    let url: String
    let environment: [String: String]
    private let server: RunningProgram

    /// Starts it; nil, with a line that says so, where it is not installed.
    init?(_ folder: ScratchFolder) async throws {
        let programs = packageFolder + "/.deps/aws/bin"
        guard access(programs + "/moto_server", X_OK) == 0 else {
            print("skipped: no S3 server is installed; scripts/aws does it")
            return nil
        }
        // A free port, which the server's log tells.
        server = try RunningProgram(
            programs + "/moto_server",
            ["-H", "127.0.0.1", "-p", "0"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        )
        var port: Substring?
        let end = ContinuousClock.now + .seconds(900)
        while port == nil {
            try #require(ContinuousClock.now < end, "the server did not start")
            let mark = "Running on http://127.0.0.1:"
            let log = server.errorsSoFar + server.outputSoFar
            if let range = log.firstRange(of: mark) {
                port = log[range.upperBound...].prefix(while: \.isNumber)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        url = "http://127.0.0.1:\(try #require(port))"
        environment = [
            "PATH": programs + ":/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "testing-id",
            "AWS_SECRET_ACCESS_KEY": "testing-secret", "AWS_DEFAULT_REGION": "eu-west-1",
        ]
    }

    func stop() async {
        server.sendToGroup(SIGKILL)
        _ = await server.end()
    }

    func aws(_ arguments: String...) async throws -> ProgramEnd {
        let end = try await run(
            packageFolder + "/.deps/aws/bin/aws",
            ["--endpoint-url", url, "s3"] + arguments,
            environment: environment
        )
        #expect(end.code == 0, "\(end.text)\(end.errors)")
        return end
    }
}

@Suite("A bucket of S3")
struct StorageServiceTests {
    @Test("is mirrored into stage-1, and gets results, by aws s3 sync")
    func bothWays() async throws {
        let folder = try ScratchFolder()
        guard let service = try await StorageService(folder) else { return }
        let options = #","options":["--endpoint-url","\#(service.url)"]"#
        let flow = try CopyingFlow(
            CopyingFlow.sync("s3://vendor/out", options)
                + #","publish":{"from":"results","to":"s3://owner/in"\#(options)}"#,
            variables: service.environment
        )
        _ = try await service.aws("mb", "s3://vendor")
        _ = try await service.aws("mb", "s3://owner")
        let file = try folder.write("one", to: "a.csv")
        _ = try await service.aws("cp", file, "s3://vendor/out/sub/a.csv")
        _ = try await service.aws("cp", file, "s3://vendor/out/.hidden")
        _ = try await service.aws("cp", file, "s3://vendor/other/b.csv")
        // By the daemon, which must hand on the credentials.
        var end = try await flow.sluice("invoke", "sync")
        #expect(end.code == 0, "\(end.errors)")
        #expect(end.text.contains(#""copied":1"#), "\(end.text)")
        #expect(try flow.folder.files(in: "buckets/stage-1") == ["in/sub/a.csv"])
        #expect(try await flow.copy().text.contains(#""copied":0"#))
        // The same length, and newer than what was fetched.
        flow.date("buckets/stage-1/in/sub/a.csv", 1_700_000_000)
        try folder.write("two", to: "a.csv")
        _ = try await service.aws("cp", file, "s3://vendor/out/sub/a.csv")
        _ = try await service.aws("rm", "s3://vendor/other/b.csv")
        #expect(try await flow.copy().text.contains(#""copied":1"#))
        #expect(try flow.folder.text("buckets/stage-1/in/sub/a.csv") == "two")

        try flow.folder.write("r", to: "buckets/results/A.csv")
        end = try await flow.copy("publish")
        #expect(end.text.contains(#""copied":1"#), "\(end.text)\(end.errors)")
        #expect(try await service.aws("ls", "s3://owner/in/").text.contains("A.csv"))

        end = try await flow.copy("sync", ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
        #expect(end.code == 1)
        #expect(end.errors.contains("SourceDenied"), "\(end.errors)")
        _ = try await service.aws("rb", "--force", "s3://vendor")
        end = try await flow.copy()
        #expect(end.code == 1)
        #expect(end.errors.contains("SourceMissing"), "\(end.errors)")
        await service.stop()
        end = try await flow.copy("sync", ["AWS_MAX_ATTEMPTS": "1"])
        #expect(end.code == 75)
        #expect(end.errors.contains("SourceAway"), "\(end.errors)")
        #expect(!end.errors.contains("testing-secret"))
    }
}
