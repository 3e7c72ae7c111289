public import Ledger

/// A function that answered "not now", for one table or all.
public struct PauseStory: Sendable, Encodable, Equatable {
    /// The function.
    public var function: String
    /// The table; nil for all.
    public var table: String?
    /// When it answered so first.
    public var since: Moment
    /// When it is tried again; nil while that is being done, and when nobody does it.
    public var retryAt: Moment?
    /// What it answered, in a word.
    public var errorType: String?
    /// What it answered.
    public var errorMessage: String?

    /// Takes what the ledger has.
    public init(_ pause: RecordedPause) {
        function = pause.function
        table = pause.table
        since = Moment(pause.since)
        retryAt = pause.retryAt.map(Moment.init)
        errorType = pause.errorType
        errorMessage = pause.errorMessage
    }

    /// Whether it concerns a function's work on a table.
    func concerns(_ function: String, table: String) -> Bool {
        self.function == function && (self.table == nil || self.table == table)
    }

    /// `WarehouseBusy: ...; it is tried again in 3 s`.
    func text(at now: Int64, isRunning: Bool) -> String {
        let reason = [errorType, errorMessage].compactMap(\.self).joined(separator: ": ")
        let again =
            if !isRunning {
                "it is tried again when `sluice up` starts"
            } else if let retryAt {
                retryAt.microseconds > now
                    ? "it is tried again \(retryAt.age(at: now))" : "it is tried again now"
            } else {
                "it is being tried again"
            }
        return "\(reason.isEmpty ? "not now" : reason); \(again)"
    }
}
