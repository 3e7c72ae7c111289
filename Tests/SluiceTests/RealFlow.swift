import Events
import FoundationEssentials
import TestSupport
import Testing

/// A scratch folder in which `sluice` runs as a person would run it.
struct RealFlow {
    let folder: ScratchFolder

    init(_ settings: String? = nil) throws {
        folder = try ScratchFolder()
        if let settings { try folder.write(settings, to: "functions.json") }
    }

    /// Writes a file into the buckets.
    func drop(_ content: String, _ key: String) throws {
        try folder.write(content, to: "buckets/" + key)
    }

    @discardableResult
    func sluice(_ arguments: String...) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
    }

    func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "sluice"),
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
    }

    /// The facts that a command prints with `--json`.
    func facts(_ arguments: String...) async throws -> JSONValue {
        let end = try await run(
            builtProgram(named: "sluice"),
            arguments + ["--json"],
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        return try JSONValue(parsing: end.text)
    }

    /// Asks again and again, for as long as a machine under load may need.
    func waitFor(_ condition: () async throws -> Bool) async throws {
        try await eventually(condition)
    }
}

extension ProgramEnd {
    /// Standard output with single spaces between words, wherever lines were broken.
    var flat: String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
