import Buckets
import Events
import FoundationEssentials
import FunctionConfig
import Invocation
import Ledger

/// One run by hand: what its event is about, and what the ledger keeps of it.
struct HandRun: Sendable {
    let function: FunctionSettings
    let event: [UInt8]
    /// The objects of the event.
    let objects: [ObjectKey]
    /// Their tables; an empty name for an event without objects.
    let tables: Set<String>

    /// Takes a request apart; an event of another shape than Sluice's has no objects.
    ///
    /// - Throws: `ControlRefusal` when the settings do not have the function.
    init(_ request: InvokeRequest, _ config: FunctionConfig) throws(ControlRefusal) {
        guard let function = config.function(named: request.function) else {
            throw ControlRefusal(
                reason: "there is no function \(request.function) in the settings that `sluice up` "
                    + "has read; start it again if they have changed"
            )
        }
        self.function = function
        event = Array(request.event.utf8)
        switch try? HandlerEvent(json: Data(event)) {
        case .objects(let event):
            let keys = event.records.map(\.version.objectKey)
            objects = keys
            tables = Set(keys.map { config.table(of: $0) })
        case .crawler(let event):
            objects = event.detail.objects.map { ObjectKey(bucket: $0.bucket, key: $0.key) }
            tables = [event.detail.table]
        case .tables(let event):
            objects = []
            tables = Set(event.tables ?? [""])
        case .schedule, nil:
            objects = []
            tables = [""]
        }
    }

    /// The run as it begins; its trigger is empty.
    func run(_ requestID: String, logPath: String) -> NewRun {
        NewRun(
            requestID: requestID,
            function: function.name,
            trigger: "",
            table: tables.count == 1 ? tables.first ?? "" : "",
            logPath: logPath
        )
    }

    /// The end of the run as the ledger keeps it: without deliveries, so that it settles nothing.
    func end(_ report: InvocationReport) -> RunEnd {
        var end = RunEnd(
            requestID: report.requestID,
            outcome: report.outcome.recorded,
            exitCode: report.exitCode,
            signal: report.signal,
            durationMicroseconds: Int64(report.duration / .microseconds(1)),
            peakMemory: report.peakMemory,
            failure: report.outcome.failure,
            items: []
        )
        if case .success(let output) = report.outcome, output.count <= 65_536 {
            end.result = String(decoding: output, as: UTF8.self)
        }
        return end
    }
}

/// Why a request is not met, for the person who made it.
struct ControlRefusal: Error {
    let reason: String
}

extension InvokeEnd {
    /// The end of a run as its asker is told.
    init(_ report: InvocationReport) {
        requestID = report.requestID
        outcome = report.outcome.recorded.rawValue
        if case .success(let bytes) = report.outcome {
            output = String(decoding: bytes, as: UTF8.self)
        }
        errorType = report.outcome.failure?.errorType
        errorMessage = report.outcome.failure?.errorMessage
        logPath = report.logPath
    }
}

extension InvocationOutcome {
    fileprivate var recorded: RunOutcome {
        switch self {
        case .success: .succeeded
        case .badInput: .input
        case .notNow: .notNow
        case .functionError: .error
        case .timeout: .timeout
        case .outOfMemory: .memory
        case .interrupted: .interrupted
        }
    }
}

extension Invoker {
    /// Runs a handler to its end, or until `stop` brings something: then it is ended as at its
    /// deadline.
    func invoke(
        _ run: HandRun,
        requestID: String,
        until stop: AsyncStream<Void>
    ) async -> InvocationReport {
        await withTaskGroup(of: InvocationReport?.self) { tasks in
            tasks.addTask {
                await invoke(run.function, event: run.event, requestID: requestID)
            }
            tasks.addTask {
                for await _ in stop { break }
                return nil
            }
            // The first to end decides; a handler that is ended still has its report.
            var report: InvocationReport?
            while let ended = await tasks.next() {
                report = ended ?? report
                tasks.cancelAll()
            }
            return report
                ?? InvocationReport(
                    requestID: requestID,
                    outcome: .interrupted,
                    duration: .zero,
                    peakMemory: 0,
                    logPath: ""
                )
        }
    }
}
