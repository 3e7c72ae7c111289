import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A project with functions that copy, a folder `source` beside it and a folder `target`.
struct CopyingFlow {
    let folder: ScratchFolder
    private let variables: [String: String]

    /// `functions` and `triggers` are members of these objects of `functions.json`.
    init(
        _ functions: String,
        triggers: String = "",
        variables: [String: String] = [:]
    ) throws {
        folder = try ScratchFolder()
        self.variables = variables
        try folder.write(
            "{\"functions\":{\(functions)},\"triggers\":[\(triggers)]}",
            to: "functions.json"
        )
        for name in ["source", "target", "buckets/stage-1"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(name),
                withIntermediateDirectories: true
            )
        }
    }

    /// The settings of a `sync` from what `source` is called by the program that copies.
    static func sync(_ place: String, _ more: String = "") -> String {
        "\"sync\":{\"from\":\"\(place)\",\"to\":\"stage-1/in\"\(more)}"
    }

    /// What the programs need to be told so that `far:` is the folder `source` for rclone.
    static let remote = ["RCLONE_CONFIG_FAR_TYPE": "alias", "RCLONE_CONFIG_FAR_REMOTE": "source"]

    private var environment: [String: String] {
        ["PATH": "/usr/bin:/bin", "HOME": folder.path].merging(variables) { $1 }
    }

    /// Starts the handler by hand, without the daemon.
    func start(
        _ handler: String = "sync",
        _ more: [String: String] = [:]
    ) throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: handler),
            environment: environment.merging(more) { $1 },
            folder: folder.path
        )
    }

    /// Runs the handler by hand to its end.
    @discardableResult
    func copy(_ handler: String = "sync", _ more: [String: String] = [:]) async throws -> ProgramEnd
    {
        try await start(handler, more).end()
    }

    func sluice(_ arguments: String...) async throws -> ProgramEnd {
        try await run(
            builtProgram(named: "sluice"),
            arguments,
            environment: environment,
            folder: folder.path
        )
    }

    func watcher() throws -> RunningProgram {
        try RunningProgram(
            builtProgram(named: "sluice"),
            ["up"],
            environment: environment,
            folder: folder.path
        )
    }

    /// The files in a folder that are no hidden ones.
    func visible(_ name: String) throws -> [String] {
        try folder.files(in: name).filter { !$0.hasPrefix(".") && !$0.contains("/.") }
    }

    /// Sets when a file was written, in seconds since 1970.
    func date(_ file: String, _ seconds: Int) {
        var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        utimensat(AT_FDCWD, folder.path(file), &times, 0)
    }

    /// Waits for something that another process does.
    func until(_ condition: () async throws -> Bool) async throws {
        try await eventually(condition)
    }
}
