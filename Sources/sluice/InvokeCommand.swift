import ArgumentParser
import Buckets
import Daemon
import Events
import FoundationEssentials
import FunctionConfig
import Glibc

/// `sluice invoke`: runs a function once, as the daemon would, and prints its answer.
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Run a function for an event or for objects, and print its answer.",
        discussion: """
            The event is that of the objects, or is read from a file. Without either it is the \
            Scheduled Event of a function that has a schedule, and {} for any other.

            While `sluice up` runs on these buckets it makes the run, before what is queued and \
            under the same limits. Otherwise this process makes it, and `sluice up` cannot start \
            meanwhile. The run is kept for `sluice logs`; it settles nothing and sets off no \
            trigger. Ctrl-C ends the run.
            """
    )

    @Argument(help: "The function.")
    var function: String

    @Argument(help: ArgumentHelp("Objects.", valueName: "BUCKET/KEY"))
    var objects: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the event as JSON; - for standard input.",
            valueName: "FILE"
        )
    )
    var event: String?

    @Flag(help: "Print the run's log to standard error while it is written.")
    var log = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let config = try common.loadConfig()
        let buckets = try common.existingBuckets()
        guard config.function(named: function) != nil else {
            throw CommandFailure.usage("there is no function \(function) in the settings")
        }
        let request = InvokeRequest(function: function, event: try content(config, buckets))
        let run = RunByHand(config: config, buckets: buckets, showsLog: log)
        Console.print(try await run.answer(to: request))
    }

    // MARK: - The event

    private func content(_ config: FunctionConfig, _ buckets: BucketsFolder) throws -> String {
        let bytes = try eventBytes(config, buckets)
        guard bytes.count <= InvokeRequest.eventLimit else {
            throw CommandFailure.usage(
                "the event has \(bytes.count) bytes, more than \(InvokeRequest.eventLimit); name "
                    + "fewer objects"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.usage("the event is not UTF-8; save it as UTF-8 text")
        }
        return text
    }

    private func eventBytes(_ config: FunctionConfig, _ buckets: BucketsFolder) throws -> [UInt8] {
        guard objects.isEmpty else {
            guard event == nil else {
                throw CommandFailure.usage("give either objects or --event, not both")
            }
            return try InvokedObjects(function: function, config: config, buckets: buckets)
                .event(objects)
        }
        if let event { return try FilePath.read(event == "-" ? "/dev/stdin" : event) }
        return Array(try scheduledEvent(config) ?? Data("{}".utf8))
    }

    /// The event of the function's first schedule, as if it were due now; nil where it has none.
    private func scheduledEvent(_ config: FunctionConfig) throws -> Data? {
        let trigger = config.triggers.first { trigger in
            guard trigger.function == function, case .schedule = trigger.source else {
                return false
            }
            return true
        }
        return try trigger.map { trigger in
            try JSONText.encode(
                ScheduledEvent(
                    id: UUID().uuidString.lowercased(),
                    trigger: trigger.id,
                    microseconds: UTCTime.nowMicroseconds()
                )
            )
        }
    }
}
