public import FoundationEssentials

/// What a handler answers on standard output when it exits with 0.
public struct HandlerResult: Sendable, Codable, Equatable {
    /// The objects of the event that failed; empty when all are done.
    public var batchItemFailures: [BatchItemFailure]
    /// What was done, an entry for each object or table, in the order of the event.
    public var results: [JSONValue]

    /// Makes a result.
    public init(results: [JSONValue] = [], batchItemFailures: [BatchItemFailure] = []) {
        self.results = results
        self.batchItemFailures = batchItemFailures
    }

    /// Reads a result; both keys may be missing, other keys are ignored.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        batchItemFailures =
            try container.decodeIfPresent([BatchItemFailure].self, forKey: .batchItemFailures) ?? []
        results = try container.decodeIfPresent([JSONValue].self, forKey: .results) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case batchItemFailures
        case results
    }

    /// Reads what a handler wrote; nothing at all and `null` are an empty result.
    ///
    /// - Throws: `DecodingError` when it is neither of these nor a JSON object.
    public init(standardOutput: Data) throws {
        let text = String(decoding: standardOutput, as: UTF8.self)
        if text.allSatisfy(\.isWhitespace) || text == "null" || text == "null\n" {
            self.init()
        } else {
            self = try JSONDecoder().decode(HandlerResult.self, from: standardOutput)
        }
    }
}

/// One object of a batch that failed while others did not.
public struct BatchItemFailure: Sendable, Codable, Equatable {
    /// The object's sequencer as the event sent it.
    public var itemIdentifier: String
    /// A short name such as `NotUTF8`.
    public var errorType: String
    /// What failed, why, and what to do.
    public var errorMessage: String
    /// Whether another try can help, true by default; a dead letter at once if not.
    public var retry: Bool

    /// Makes a failure.
    public init(itemIdentifier: String, errorType: String, errorMessage: String, retry: Bool) {
        self.itemIdentifier = itemIdentifier
        self.errorType = errorType
        self.errorMessage = errorMessage
        self.retry = retry
    }

    /// Reads a failure; only `itemIdentifier` is required.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        itemIdentifier = try container.decode(String.self, forKey: .itemIdentifier)
        errorType = try container.decodeIfPresent(String.self, forKey: .errorType) ?? "Error"
        errorMessage = try container.decodeIfPresent(String.self, forKey: .errorMessage) ?? ""
        retry = try container.decodeIfPresent(Bool.self, forKey: .retry) ?? true
    }
}

/// The last line of standard error of a handler that failed, if it wrote one.
public struct HandlerFailure: Sendable, Codable, Equatable {
    /// A short name such as `NoGoodRow` or `Sandbox.Timeout`.
    public var errorType: String
    /// What failed, why, and what to do.
    public var errorMessage: String

    /// Makes a failure.
    public init(errorType: String, errorMessage: String) {
        self.errorType = errorType
        self.errorMessage = errorMessage
    }
}
