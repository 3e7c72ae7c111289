public import FunctionConfig

/// What a process asks a running daemon: one line of JSON on `.sluice/control`.
public struct ControlRequest: Sendable, Equatable, Codable {
    /// The kinds of requests.
    public enum Kind: String, Sendable, Codable {
        /// Read the open deliveries of the ledger anew, because somebody has changed them.
        case reload
        /// Tell figures.
        case status
        /// Run a function by hand.
        case invoke
    }

    /// What is asked.
    public var request: Kind
    /// With `invoke`: the function.
    public var function: String?
    /// With `invoke`: the event, which the handler gets as it is.
    public var event: String?
    /// With `invoke`: the path of the settings that the asking process has read, empty where it has
    /// none.
    public var config: String?

    /// A request for a run by hand.
    public static func invoke(_ run: InvokeRequest, _ config: FunctionConfig) -> ControlRequest {
        var request = ControlRequest(.invoke)
        request.function = run.function
        request.event = run.event
        request.config = config.filePath
        return request
    }

    /// A request without further words.
    public init(_ request: Kind) { self.request = request }
}

/// A run by hand to be made.
public struct InvokeRequest: Sendable, Equatable {
    /// The longest event, in bytes, as Lambda has it.
    public static let eventLimit = 6 << 20

    /// The function.
    public var function: String
    /// The event, which the handler gets as it is.
    public var event: String

    /// Puts a request together.
    public init(function: String, event: String) {
        self.function = function
        self.event = event
    }
}

/// What a daemon answers: one or more lines of JSON, then it hangs up.
public enum ControlAnswer: Sendable, Equatable {
    /// It is done.
    case done
    /// The request is none, or cannot be met: why, and what to do.
    case refused(String)
    /// The daemon is about to end and has begun nothing: ask again when it has.
    case ending
    /// The run is queued; `isOutdated` says that the settings have changed since the daemon read
    /// them.
    case accepted(isOutdated: Bool)
    /// The run begins.
    case started(requestID: String, logPath: String)
    /// The run has ended.
    case ended(InvokeEnd)
    /// How much there is of everything.
    case figures(ControlFigures)
}

/// How a run by hand ended.
public struct InvokeEnd: Sendable, Equatable, Codable {
    /// The run; nil when it never began.
    public var requestID: String?
    /// How it ended, by the words of the ledger, as `succeeded` or `error`.
    public var outcome: String
    /// What the handler wrote to standard output, if it succeeded.
    public var output: String?
    /// What went wrong, in a word.
    public var errorType: String?
    /// What went wrong.
    public var errorMessage: String?
    /// The path of its log; nil when it never began.
    public var logPath: String?

    /// Whether the handler ended with exit code 0.
    public var isSuccess: Bool { output != nil }
}

/// What a daemon is doing.
public struct ControlFigures: Sendable, Equatable, Codable {
    /// The daemon's process.
    public var process: Int32
    /// Object versions that were new since it started.
    public var versions: Int
    /// Runs for deliveries that ended since it started.
    public var runs: Int
    /// Runs at this moment.
    public var running: Int
    /// Deliveries that wait for a run.
    public var pending: Int
    /// Runs by hand that wait for their turn.
    public var byHand: Int
}

extension ControlAnswer: Codable {
    private enum CodingKeys: String, CodingKey {
        case answer, message, isOutdated, requestID, logPath, end, figures
    }

    private enum Kind: String, Codable {
        case done, refused, ending, accepted, started, ended, figures
    }

    /// Reads the shape that ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .answer) {
        case .done: self = .done
        case .ending: self = .ending
        case .refused: self = .refused(try container.decode(String.self, forKey: .message))
        case .accepted:
            self = .accepted(isOutdated: try container.decode(Bool.self, forKey: .isOutdated))
        case .started:
            self = .started(
                requestID: try container.decode(String.self, forKey: .requestID),
                logPath: try container.decode(String.self, forKey: .logPath)
            )
        case .ended: self = .ended(try container.decode(InvokeEnd.self, forKey: .end))
        case .figures:
            self = .figures(try container.decode(ControlFigures.self, forKey: .figures))
        }
    }

    /// Writes the kind as `answer`, and beside it what belongs to it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .answer)
        switch self {
        case .done, .ending: break
        case .refused(let message): try container.encode(message, forKey: .message)
        case .accepted(let isOutdated): try container.encode(isOutdated, forKey: .isOutdated)
        case .started(let requestID, let logPath):
            try container.encode(requestID, forKey: .requestID)
            try container.encode(logPath, forKey: .logPath)
        case .ended(let end): try container.encode(end, forKey: .end)
        case .figures(let figures): try container.encode(figures, forKey: .figures)
        }
    }

    private var kind: Kind {
        switch self {
        case .done: .done
        case .refused: .refused
        case .ending: .ending
        case .accepted: .accepted
        case .started: .started
        case .ended: .ended
        case .figures: .figures
        }
    }
}

extension FunctionConfig {
    /// The path of the settings; empty where there is no file.
    var filePath: String { hasFile ? path : "" }
}
