import ArgumentParser
import Buckets
import FoundationEssentials
import FunctionConfig

/// Where the tables are: options that every command here has.
struct ReadingOptions: ParsableArguments {
    @Option(help: "The settings.")
    var config: String?

    @Option(help: "The buckets folder.")
    var buckets: String?

    /// The buckets folder, which must exist.
    func bucketsFolder() throws -> BucketsFolder {
        let variables = ProcessInfo.processInfo.environment
        let given = buckets ?? variables["SLUICE_BUCKETS"] ?? "buckets"
        guard let path = FilePath.canonical(given) else {
            throw QueryError.misused(
                "there is no buckets folder at \(given); name one with --buckets"
            )
        }
        return BucketsFolder(path: path)
    }

    /// The settings, read and checked.
    func settings(of folder: BucketsFolder) throws -> FunctionConfig {
        let variables = ProcessInfo.processInfo.environment
        let surroundings = FunctionConfig.Surroundings(
            bucketsFolder: folder.path,
            environment: variables
        )
        let given = config ?? variables["SLUICE_CONFIG"]
        do {
            guard let path = FilePath.canonical(given ?? "functions.json") else {
                if let given {
                    throw QueryError.misused("there is no file \(given); name one with --config")
                }
                return try FunctionConfig.standard(path: "/", surroundings: surroundings)
            }
            return try FunctionConfig(path: path, surroundings: surroundings)
        } catch let error as FunctionConfigError {
            throw QueryError.misused(error.description)
        }
    }
}
