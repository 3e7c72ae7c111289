import ArgumentParser
import Buckets
import FoundationEssentials
import FunctionConfig
import Glibc

/// The options that most commands have.
struct CommonOptions: ParsableArguments {
    @Option(help: "The settings. Without this option and without that file, the standard flow.")
    var config: String?

    @Option(help: "The folder that holds the buckets.")
    var buckets = "buckets"

    /// The default name of the settings.
    static let configName = "functions.json"

    /// Where Sluice's programs are: beside this one.
    static var programs: String {
        FilePath.parent(of: FilePath.canonical("/proc/self/exe") ?? "/usr/bin/sluice")
    }

    /// The absolute path of the buckets folder, whether it exists or not.
    var bucketsPath: String { FilePath.canonical(buckets) ?? Self.absolute(buckets) }

    /// The buckets folder, which must exist.
    func existingBuckets() throws -> BucketsFolder {
        guard let path = FilePath.canonical(buckets) else {
            throw CommandFailure.usage(
                "there is no folder \(buckets); name the buckets folder with --buckets, or let "
                    + "`sluice up` make it"
            )
        }
        return BucketsFolder(path: path)
    }

    /// The settings, read and checked.
    ///
    /// `checksHandlers` is for those who are about to run them.
    ///
    /// - Throws: `FunctionConfigError` with every problem.
    func loadConfig(checksHandlers: Bool = false) throws -> FunctionConfig {
        var surroundings = FunctionConfig.Surroundings(
            bucketsFolder: bucketsPath,
            environment: ProcessInfo.processInfo.environment
        )
        if checksHandlers { surroundings.programs = Self.programs }
        guard let path = FilePath.canonical(config ?? Self.configName) else {
            guard config == nil else {
                throw CommandFailure.usage("there is no file \(config ?? "") to read settings from")
            }
            let path = Self.absolute(Self.configName)
            return try FunctionConfig.standard(path: path, surroundings: surroundings)
        }
        return try FunctionConfig(path: path, surroundings: surroundings)
    }

    /// A path as it is, or below the folder in which the command was started.
    static func absolute(_ path: String) -> String {
        FilePath.resolve(path, in: FilePath.canonical(".") ?? "/")
    }
}
