/// Where a commit came from and what it did; readers do not need it.
public struct CommitInfo: Codable, Equatable, Sendable {
    /// What one transaction of the commit came to, for whoever asks again after a crash.
    public struct Figures: Codable, Equatable, Sendable {
        /// The transaction's `appId`.
        public let appId: String
        /// The transaction's `version`.
        public let version: Int64
        /// Counts by name, for example `rows` and `rejected`.
        public let counts: [String: Int64]

        /// Figures of the transaction `appId`, `version`.
        public init(appId: String, version: Int64, counts: [String: Int64]) {
            self.appId = appId
            self.version = version
            self.counts = counts
        }
    }

    /// When, in milliseconds since 1970.
    public let timestamp: Int64?
    /// What was done, for example `WRITE`.
    public let operation: String?
    /// How it was done.
    public let operationParameters: [String: String]?
    /// Which program did it.
    public let engineInfo: String?
    /// What the transactions of this commit came to; only Sluice writes them.
    public let sluiceFigures: [Figures]?
    /// Counts of the whole commit by name, for example `files`; only Sluice writes them.
    public let sluiceTotals: [String: Int64]?

    /// A commit's provenance.
    public init(
        timestamp: Int64,
        operation: String,
        operationParameters: [String: String] = [:],
        engineInfo: String = "sluice",
        figures: [Figures] = [],
        totals: [String: Int64] = [:]
    ) {
        self.timestamp = timestamp
        self.operation = operation
        self.operationParameters = operationParameters
        self.engineInfo = engineInfo
        sluiceFigures = figures
        sluiceTotals = totals
    }

    private enum CodingKeys: String, CodingKey {
        case timestamp
        case operation
        case operationParameters
        case engineInfo
        case sluiceFigures
        case sluiceTotals
    }

    /// Reads what it can: any writer may store any JSON here.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        timestamp = try? container.decode(Int64.self, forKey: .timestamp)
        operation = try? container.decode(String.self, forKey: .operation)
        operationParameters = try? container.decode(
            [String: String].self,
            forKey: .operationParameters
        )
        engineInfo = try? container.decode(String.self, forKey: .engineInfo)
        sluiceFigures = try? container.decode([Figures].self, forKey: .sluiceFigures)
        sluiceTotals = try? container.decode([String: Int64].self, forKey: .sluiceTotals)
    }
}
