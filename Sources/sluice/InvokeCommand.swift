import ArgumentParser
import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import Invocation

/// `sluice invoke`: runs a function once, as the daemon would, and prints its answer.
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Run a function for an event or for objects, and print its answer.",
        discussion: """
            The event is that of the objects, or is read from a file or from standard input. \
            Nothing is recorded and no trigger is set off.
            """
    )

    @Argument(help: "The function.")
    var function: String

    @Argument(help: ArgumentHelp("Objects.", valueName: "BUCKET/KEY"))
    var objects: [String] = []

    @Option(help: ArgumentHelp("A file with the event as JSON.", valueName: "FILE"))
    var event: String?

    @Flag(help: "Print the run's log to standard error.")
    var log = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try common.loadConfig()
        let buckets = try common.existingBuckets()
        guard let settings = config.function(named: function) else {
            throw CommandFailure.usage("there is no function \(function) in the settings")
        }
        let invoker = Invoker(
            config: config,
            buckets: buckets.path,
            programs: CommonOptions.programs,
            surroundings: ProcessInfo.processInfo.environment
        )
        let report = await invoker.invoke(
            settings,
            event: try content(config, buckets),
            requestID: UUID().uuidString.lowercased()
        )
        if log, let text = try? FilePath.read(report.logPath) {
            Console.explain(String(decoding: text, as: UTF8.self))
        }
        if case .success(let output) = report.outcome {
            Console.print(String(decoding: output, as: UTF8.self))
            return
        }
        let failure = report.outcome.failure
        throw CommandFailure.failed(
            "\(function) failed: \(failure?.errorType ?? "Interrupted"): "
                + (failure?.errorMessage ?? "it was ended") + "; its log: \(report.logPath)"
        )
    }

    private func content(_ config: FunctionConfig, _ buckets: BucketsFolder) throws -> [UInt8] {
        guard objects.isEmpty else {
            guard event == nil else {
                throw CommandFailure.usage("give either objects or --event, not both")
            }
            return try eventOfObjects(config, buckets)
        }
        guard event != nil || isatty(STDIN_FILENO) == 0 else {
            throw CommandFailure.usage("name objects or a file with --event, or pipe an event in")
        }
        return try FilePath.read(event ?? "/dev/stdin")
    }

    /// A function that waits for a crawler gets its event for manifests, others that of S3.
    private func eventOfObjects(
        _ config: FunctionConfig,
        _ buckets: BucketsFolder
    ) throws -> [UInt8] {
        let event = try S3Event(of: objects, removed: false, buckets: buckets, config: config)
        let crawlers = config.triggers.compactMap { trigger -> String? in
            guard trigger.function == function, case .crawler(let name, _) = trigger.source else {
                return nil
            }
            return name
        }
        let versions = event.records.map(\.version)
        guard let crawler = crawlers.first,
            versions.allSatisfy({ FilePath.name(of: $0.key) == Manifest.fileName })
        else { return Array(try JSONText.encode(event)) }
        return Array(
            try JSONText.encode(GlueEvent(crawler: crawler, manifests: versions, buckets: buckets))
        )
    }
}

extension GlueEvent {
    /// The end of a crawl, made by hand for manifests of one table.
    fileprivate init(crawler: String, manifests: [ObjectVersion], buckets: BucketsFolder) throws {
        let references = try manifests.map { manifest in
            let content = try Manifest(path: buckets.path(of: manifest.objectKey))
            return (content.table, ManifestReference(manifest: manifest, source: content.source))
        }
        let tables = Set(references.map(\.0))
        guard let table = tables.first, tables.count == 1 else {
            throw CommandFailure.usage("the manifests are of several tables; name those of one")
        }
        let entry = try? JSONValue(
            parsing: String(decoding: FilePath.read(buckets.catalogEntry(table)), as: UTF8.self)
        )
        let now = UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())
        let detail = Detail(
            crawlerName: crawler,
            state: "Succeeded",
            message: "made by hand",
            runningTime: "0",
            completionDate: now,
            table: table,
            catalogVersion: entry?["Table"]?["VersionId"]?.string.flatMap { Int($0) } ?? 0,
            objects: references.map(\.1)
        )
        self.init(id: UUID().uuidString.lowercased(), time: now, detail: detail)
    }
}
