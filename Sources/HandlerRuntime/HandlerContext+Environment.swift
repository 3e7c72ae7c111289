import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc

extension HandlerContext {
    /// Puts the context together from the command line, the environment and standard input.
    ///
    /// This is the one place where a handler's environment is read.
    init(program: String, arguments: HandlerArguments, needsEvent: Bool) throws {
        let variables = ProcessInfo.processInfo.environment
        let given = arguments.buckets ?? variables["SLUICE_BUCKETS"] ?? "buckets"
        guard let path = FilePath.canonical(given) else {
            throw HandlerError.failure(
                "NoBuckets",
                "there is no buckets folder at \(given); name one with --buckets"
            )
        }
        buckets = BucketsFolder(path: path)
        let surroundings = FunctionConfig.Surroundings(bucketsFolder: path, environment: variables)
        config = try Self.config(
            arguments.config ?? variables["SLUICE_CONFIG"],
            surroundings: surroundings
        )
        functionName = variables["AWS_LAMBDA_FUNCTION_NAME"] ?? program
        requestID = variables["AWS_LAMBDA_REQUEST_ID"] ?? UUID().uuidString.lowercased()
        deadlineMilliseconds = variables["SLUICE_DEADLINE_MS"].flatMap { Int64($0) }
        memory =
            variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"].flatMap { Int($0) }
            ?? config.function(named: functionName)?.memory ?? 1024
        // By hand a handler gets what its settings would set, so that it does the same.
        let settings = config.function(named: functionName)?.environment ?? [:]
        environment = settings.merging(variables) { _, mine in mine }
        event = needsEvent ? try Self.readEvent(arguments.eventFile) : nil
    }

    private static func config(
        _ given: String?,
        surroundings: FunctionConfig.Surroundings
    ) throws -> FunctionConfig {
        let name = given ?? "functions.json"
        guard let path = FilePath.canonical(name) else {
            guard given == nil else {
                throw HandlerError.failure(
                    "NoConfig",
                    "there is no file \(name); name one with --config"
                )
            }
            let here = FilePath.canonical(".") ?? "/"
            return try .standard(path: here + "/functions.json", surroundings: surroundings)
        }
        return try FunctionConfig(path: path, surroundings: surroundings)
    }

    private static func readEvent(_ file: String?) throws -> HandlerEvent {
        let content: [UInt8]
        if let file {
            content = try FilePath.read(file)
        } else {
            content = try FilePath.read("/dev/stdin")
        }
        do {
            return try HandlerEvent(json: content)
        } catch let error as HandlerEventError {
            throw HandlerError.failure("BadEvent", error.description)
        }
    }
}
