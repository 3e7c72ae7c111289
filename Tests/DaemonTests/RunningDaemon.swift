import Events
import FoundationEssentials
import Glibc
import Ledger
import TestSupport
import Testing

extension ScriptFlow {
    private static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/root"]

    /// Starts `sluice` in the folder of the settings.
    func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "sluice"),
            arguments,
            environment: Self.environment,
            folder: folder.path
        )
    }

    /// Runs `sluice` in the folder of the settings to its end.
    func sluice(_ arguments: String...) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: Self.environment,
            folder: folder.path
        )
    }

    /// The times of the scheduled events in a file to which a handler has added its events.
    func times(_ name: String = "events") throws -> [String] {
        try lines(name).map { line in
            let event = try JSONDecoder().decode(ScheduledEvent.self, from: Data(line.utf8))
            return event.time
        }
    }
}

/// Waits for something that another process does; fails after a minute.
func until(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<12_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("it did not happen")
}

/// Whether a process has not ended, whoever has yet to take note of its end.
func isAlive(_ process: pid_t) -> Bool {
    guard let status = FileManager.default.contents(atPath: "/proc/\(process)/status") else {
        return false
    }
    return !String(decoding: status, as: UTF8.self).contains("State:\tZ")
}
