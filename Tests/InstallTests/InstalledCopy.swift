import FoundationEssentials
import TestSupport

/// A copy of the built programs that `scripts/install` has put under a prefix.
struct InstalledCopy {
    let folder: ScratchFolder
    /// Where the copy is now, below the scratch folder.
    var prefix = "first"

    init() throws {
        folder = try ScratchFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("data"),
            withIntermediateDirectories: true
        )
    }

    /// Runs `scripts/install` for the system form.
    @discardableResult
    func install(_ more: [String] = []) async throws -> ProgramEnd {
        let sluice = try builtProgram(named: "sluice")
        let built = String(sluice[..<(sluice.lastIndex(of: "/") ?? sluice.endIndex)])
        let arguments =
            [
                "\(packageFolder)/scripts/install", "--build-folder", built,
                "--prefix", folder.path(prefix), "--data", folder.path("data"),
            ] + more
        return try await run(
            "/usr/bin/bash",
            arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path("home")]
        )
    }

    /// Runs an installed command in the data folder, without any environment.
    func command(_ name: String, _ arguments: [String]) async throws -> ProgramEnd {
        try await run(
            folder.path("\(prefix)/bin/\(name)"),
            arguments,
            folder: folder.path("data")
        )
    }

    /// The libraries that an installed handler loads, as the loader finds them.
    func libraries(of handler: String) async throws -> String {
        try await run(
            "/usr/bin/ldd",
            [folder.path("\(prefix)/lib/sluice/bin/\(handler)")],
            environment: ["PATH": "/usr/bin:/bin"]
        ).text
    }

    /// Takes the copy elsewhere.
    mutating func move(to place: String) throws {
        try FileManager.default.moveItem(atPath: folder.path(prefix), toPath: folder.path(place))
        prefix = place
    }
}
