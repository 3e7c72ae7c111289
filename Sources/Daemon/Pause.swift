import Events
import Ledger

/// A function, for one table or all, that answered "not now".
struct Pause: Sendable, Equatable {
    /// Whom it concerns.
    struct Scope: Hashable, Sendable {
        var function: String
        /// Nil for all tables.
        var table: String?
    }

    private static let firstDelay: Int64 = 1_000_000
    private static let longestDelay: Int64 = 300_000_000
    /// How long a single call of `up --once` keeps trying.
    private static let patience: Int64 = 10_000_000

    /// When the next run may try, in microseconds since 1970; nil: no more in this call.
    private(set) var retryAt: Int64?
    /// Whether a run is trying.
    var isProbing = false

    private let since: Int64
    private let isOnce: Bool
    private var delay = Self.firstDelay

    /// What the function answered last.
    private var failure: HandlerFailure?

    /// Begins with the first answer.
    init(at now: Int64, _ failure: HandlerFailure?, isOnce: Bool) {
        since = now
        self.failure = failure
        self.isOnce = isOnce
        retryAt = now + delay
    }

    /// The run that tried got the same answer.
    mutating func renew(at now: Int64, _ failure: HandlerFailure?) {
        isProbing = false
        self.failure = failure
        delay = min(delay * 2, Self.longestDelay)
        retryAt = now + delay
        guard isOnce else { return }
        retryAt = now - since >= Self.patience ? nil : min(now + delay, since + Self.patience)
    }

    /// The pause as the ledger keeps it.
    func recorded(as scope: Scope) -> RecordedPause {
        RecordedPause(
            function: scope.function,
            table: scope.table,
            since: since,
            retryAt: isProbing ? nil : retryAt,
            errorType: failure?.errorType,
            errorMessage: failure?.errorMessage
        )
    }
}
