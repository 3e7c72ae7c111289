public import Events

/// How a handler's run ended, and what it took.
public struct InvocationReport: Sendable, Equatable {
    /// The request id.
    public var requestID: String
    /// What the end means.
    public var outcome: InvocationOutcome
    /// The exit code; nil when a signal ended the handler or it never started.
    public var exitCode: Int32?
    /// The signal that ended it.
    public var signal: Int32?
    /// From just before the start to the end of the handler.
    public var duration: Duration
    /// The most anonymous memory that the handler's process group held at once, in bytes, as far as
    /// samples show it.
    public var peakMemory: Int64
    /// The path of the run's log.
    public var logPath: String

    /// Puts a report together.
    public init(
        requestID: String,
        outcome: InvocationOutcome,
        exitCode: Int32? = nil,
        signal: Int32? = nil,
        duration: Duration,
        peakMemory: Int64,
        logPath: String
    ) {
        self.requestID = requestID
        self.outcome = outcome
        self.exitCode = exitCode
        self.signal = signal
        self.duration = duration
        self.peakMemory = peakMemory
        self.logPath = logPath
    }
}

/// What the end of a handler's run means.
public enum InvocationOutcome: Sendable, Equatable {
    /// Exit 0; what it wrote to standard output.
    case success(output: [UInt8])
    /// Exit 65: the input is at fault, another try cannot help.
    case badInput(HandlerFailure)
    /// Exit 75: the world is not ready; later, not counted.
    case notNow(HandlerFailure)
    /// Any other exit code, a signal, too long an answer, or a handler that cannot be started.
    case functionError(HandlerFailure)
    /// The deadline passed.
    case timeout(HandlerFailure)
    /// The memory limit was passed.
    case outOfMemory(HandlerFailure)
    /// The task was cancelled; the handler was ended.
    case interrupted

    /// What went wrong; nil for success and interruption.
    public var failure: HandlerFailure? {
        switch self {
        case .badInput(let failure), .notNow(let failure), .functionError(let failure),
            .timeout(let failure), .outOfMemory(let failure):
            failure
        case .success, .interrupted: nil
        }
    }
}
