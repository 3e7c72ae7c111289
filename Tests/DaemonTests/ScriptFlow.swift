import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Ledger
import Logging
import TestSupport

/// Buckets with functions that are shell scripts.
struct ScriptFlow {
    let folder: ScratchFolder
    let settings: String

    /// `scripts` are the bodies by function name; each is the handler `./NAME.sh`.
    init(_ settings: String, scripts: [String: String]) throws {
        folder = try ScratchFolder()
        self.settings = settings
        for (name, body) in scripts {
            chmod(try folder.write("#!/bin/sh\n\(body)\n", to: "\(name).sh"), 0o755)
        }
        try folder.write(settings, to: "functions.json")
        try buckets.prepare()
    }

    var buckets: BucketsFolder { BucketsFolder(path: folder.path("buckets")) }

    /// A script that notes the keys of an event in `seen`, one a line.
    static func note(_ event: String = "-") -> String {
        "{ cat \(event); echo; } | tr ',{' '\\n\\n' "
            + #"| sed -n 's/.*"urlDecodedKey":"\([^"]*\)".*/\1/p' >>seen"#
    }

    /// The lines of a file in the working folder of the handlers.
    func lines(_ name: String = "seen") -> [String] {
        (try? folder.text(name))?.split(separator: "\n").map(String.init) ?? []
    }

    func drop(_ content: String, _ key: String) throws {
        try folder.write(content, to: "buckets/" + key)
    }

    /// The settings as a daemon reads them.
    func config() throws -> FunctionConfig {
        try FunctionConfig(
            json: settings,
            path: folder.path("functions.json"),
            surroundings: .init(bucketsFolder: buckets.path, environment: [:])
        )
    }

    func daemon(isOnce: Bool = true) throws -> Daemon {
        let config = try config()
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        if let level = ProcessInfo.processInfo.environment["SLUICE_TEST_LOG"] {
            logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = Logger.Level(rawValue: level) ?? .debug
        }
        return Daemon(
            DaemonOptions(
                config: config,
                buckets: buckets,
                programs: folder.path,
                environment: ["PATH": "/usr/bin:/bin", "HOME": "/root"],
                isOnce: isOnce,
                logger: logger
            )
        )
    }

    /// `up --once`.
    @discardableResult
    func once() async throws -> DaemonSummary {
        let daemon = try daemon()
        try await daemon.run()
        return daemon.summary
    }

    func ledger() throws -> Ledger { try Ledger(path: buckets.ledgerPath) }

    func status() async throws -> LedgerStatus { try await ledger().status() }
}
