import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Invocation
import TestSupport

/// A handler that is a shell script, in buckets of its own.
struct ScriptHandler {
    let folder: ScratchFolder
    var function: FunctionSettings
    private let config: FunctionConfig

    init(_ script: String, timeout: Int = 900, memory: Int = 1024) throws {
        folder = try ScratchFolder()
        let handler = try folder.write("#!/bin/sh\n\(script)\n", to: "handler.sh")
        chmod(handler, 0o755)
        mkdir(folder.path("buckets"), 0o755)
        config = try FunctionConfig(
            json: #"{"functions":{"f":{"handler":"./handler.sh"}},"triggers":[]}"#,
            path: folder.path("functions.json"),
            surroundings: .init(bucketsFolder: folder.path("buckets"), environment: [:])
        )
        function = FunctionSettings(name: "f", handler: handler, concurrency: 1)
        function.timeout = timeout
        function.memory = memory
    }

    var buckets: String { folder.path("buckets") }

    func invoke(
        _ event: String = #"{"Records":[]}"#,
        requestID: String = "11111111-2222-3333-4444-555555555555",
        grace: Duration = .milliseconds(50)
    ) async -> InvocationReport {
        let invoker = Invoker(
            config: config,
            buckets: buckets,
            programs: folder.path,
            surroundings: [
                "PATH": "/usr/bin:/bin", "HOME": "/root", "SECRET": "not for handlers",
                "AWS_SECRET_ACCESS_KEY": "for copies", "RSYNC_PASSWORD": "for copies",
                "AWS_LAMBDA_FUNCTION_NAME": "of another",
            ],
            grace: grace
        )
        return await invoker.invoke(function, event: Array(event.utf8), requestID: requestID)
    }

    func log(_ report: InvocationReport) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: report.logPath)), as: UTF8.self)
    }
}

extension InvocationOutcome {
    /// The outcome without what varies: its kind and the error's type.
    var summary: String {
        switch self {
        case .success: "success"
        case .badInput(let failure): "badInput \(failure.errorType)"
        case .notNow(let failure): "notNow \(failure.errorType)"
        case .functionError(let failure): "functionError \(failure.errorType)"
        case .timeout(let failure): "timeout \(failure.errorType)"
        case .outOfMemory(let failure): "outOfMemory \(failure.errorType)"
        case .interrupted: "interrupted"
        }
    }
}
