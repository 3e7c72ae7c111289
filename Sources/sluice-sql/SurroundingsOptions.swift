import ArgumentParser
import Buckets
import FoundationEssentials
import FunctionConfig

/// Where lake and warehouse are: options, or the variables that a handler gets.
struct SurroundingsOptions: ParsableArguments {
    @Option(help: "The settings.")
    var config: String?

    @Option(help: "The buckets folder.")
    var buckets: String?

    /// The buckets folder, which must be there.
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

    /// The folder of the settings, whether these are there or not.
    var settingsFolder: String {
        let path =
            config ?? ProcessInfo.processInfo.environment["SLUICE_CONFIG"] ?? "functions.json"
        return FilePath.parent(of: FilePath.canonical(path) ?? path)
    }

    /// Where the warehouse is.
    ///
    /// To be asked only if the warehouse is needed: a mistake in the settings does not keep anybody
    /// from the lake.
    func warehouse(of folder: BucketsFolder) throws -> Warehouse {
        let settings = try settings(of: folder)
        guard settings.hasWarehouse else {
            throw QueryError.misused(
                "there is no warehouse: the settings say `\"warehouse\": false`; ask lake.<table>"
            )
        }
        return settings.warehouse
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
