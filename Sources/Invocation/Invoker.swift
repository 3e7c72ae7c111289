import Events
public import FunctionConfig
import Glibc

/// Runs handlers: one process group, one event, one answer each.
public struct Invoker: Sendable {
    /// The configuration whose functions are run.
    public let config: FunctionConfig
    /// The canonical path of the buckets folder.
    public let buckets: String
    /// The folder of Sluice's own executables: a handler that is a name is one of them.
    public let programs: String

    private let surroundings: [String: String]
    private let grace: Duration

    /// Makes an invoker.
    ///
    /// - Parameters:
    ///   - config: The configuration.
    ///   - buckets: The canonical path of the buckets folder.
    ///   - programs: The folder of Sluice's own executables.
    ///   - surroundings: Sluice's own environment, for `PATH`, `HOME` and `LANG`.
    ///   - grace: The time between SIGTERM and SIGKILL.
    public init(
        config: FunctionConfig,
        buckets: String,
        programs: String,
        surroundings: [String: String],
        grace: Duration = .seconds(2)
    ) {
        self.config = config
        self.buckets = buckets
        self.programs = programs
        self.surroundings = surroundings
        self.grace = grace
    }

    /// Where the log of a run goes:
    /// `.sluice/logs/<function>/<yyyy>/<mm>/<dd>/<request id>.log` in the buckets folder, by the day
    /// in UTC on which the run began (microseconds since 1970).
    public func logPath(function: String, requestID: String, startedAt now: Int64) -> String {
        let day = UTCTime.iso8601(microseconds: now).prefix(10).replacing("-", with: "/")
        return "\(buckets)/.sluice/logs/\(function)/\(day)/\(requestID).log"
    }

    /// Makes the empty log of a run that is about to begin, so that others can follow it.
    ///
    /// What prevents it is the outcome of the run.
    public func makeLog(_ path: String) { _ = try? RunLog(path: path) }

    /// Runs a function's handler for an event and waits for its end.
    ///
    /// The handler leads a session and a process group of its own. At its deadline the group gets
    /// SIGTERM, after the grace SIGKILL; above its memory SIGKILL at once. Processes that it leaves
    /// behind in its group are killed when it ends. A cancelled task ends the handler in the same
    /// way as its deadline. Everything that can go wrong is an outcome, nothing is thrown.
    public func invoke(
        _ function: FunctionSettings,
        event: [UInt8],
        requestID: String
    ) async -> InvocationReport {
        let now = UTCTime.nowMicroseconds()
        let path = logPath(function: function.name, requestID: requestID, startedAt: now)
        let log: RunLog
        do { log = try RunLog(path: path) } catch {
            let reason = String(cString: strerror(error.number))
            let hindrance = Hindrance(number: error.number)
            let failure = HandlerFailure(
                errorType: hindrance?.type ?? "Sandbox.Failure",
                errorMessage: "the log \(error.path) cannot be written: \(reason)"
                    + (hindrance.map { "; \($0.remedy)" } ?? "")
            )
            return InvocationReport(
                requestID: requestID,
                outcome: hindrance == nil ? .functionError(failure) : .notNow(failure),
                duration: .zero,
                peakMemory: 0,
                logPath: path
            )
        }
        log.line("START RequestId: \(requestID) Version: $LATEST")
        let day = UTCTime.iso8601(microseconds: now).prefix(10).replacing("-", with: "/")
        let environment = HandlerEnvironment(
            function: function,
            requestID: requestID,
            deadlineMilliseconds: now / 1000 + Int64(function.timeout) * 1000,
            logStream: "\(day)/[$LATEST]\(requestID.replacing("-", with: ""))",
            config: config.hasFile ? config.path : nil,
            configFolder: config.folder,
            buckets: buckets,
            programs: programs,
            surroundings: surroundings,
            substituted: config.variables
        )
        let run = HandlerRun(
            executable: executable(of: function),
            folder: config.folder,
            variables: environment.variables,
            event: event,
            timeout: .seconds(function.timeout),
            memoryLimit: Int64(function.memory) << 20,
            grace: grace,
            errors: log.handlerDescriptor
        )
        let end = await run.perform()
        let outcome = RunVerdict(function: function, requestID: requestID)
            .outcome(of: end, lastLine: log.lastLine)
        if case .timeout(let failure) = outcome {
            log.line(
                "\(UTCTime.iso8601(microseconds: UTCTime.nowMicroseconds())) \(failure.errorMessage)"
            )
        }
        let report = InvocationReport(
            requestID: requestID,
            outcome: outcome,
            exitCode: end.exitCode,
            signal: end.signal,
            duration: end.duration,
            peakMemory: end.peakMemory,
            logPath: path
        )
        log.line("END RequestId: \(requestID)")
        log.line(report.reportLine(memorySize: function.memory))
        return report
    }

    /// The absolute path of a function's handler.
    public func executable(of function: FunctionSettings) -> String {
        function.handler.hasPrefix("/") ? function.handler : programs + "/" + function.handler
    }
}

extension InvocationReport {
    /// The REPORT line as Lambda writes it.
    func reportLine(memorySize: Int) -> String {
        let milliseconds = duration / .milliseconds(1)
        let hundredths = Int((milliseconds * 100).rounded())
        let fraction = hundredths % 100
        let exact = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        let used = (peakMemory + (1 << 20) - 1) >> 20
        return "REPORT RequestId: \(requestID)\tDuration: \(exact) ms\t"
            + "Billed Duration: \(Int(milliseconds.rounded(.up))) ms\t"
            + "Memory Size: \(memorySize) MB\tMax Memory Used: \(used) MB\t"
    }
}
