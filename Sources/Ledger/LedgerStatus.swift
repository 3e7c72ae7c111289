/// How much there is of everything, for `sluice status` and for an end that says what is left.
public struct LedgerStatus: Sendable, Equatable, Codable {
    /// Keys that are present, in all buckets.
    public var objects = 0
    /// Deliveries that wait for their turn.
    public var queued = 0
    /// Deliveries that a run has.
    public var running = 0
    /// Deliveries that wait for another try.
    public var waiting = 0
    /// Dead letters: object versions that some function has given up.
    public var deadLetters = 0
    /// The same by function, for functions that ever had a delivery.
    public var functions: [String: Counts] = [:]
    /// The same by table.
    public var tables: [String: Counts] = [:]

    /// What is left of one function's or one table's deliveries, and what is done.
    public struct Counts: Sendable, Equatable, Codable {
        /// Deliveries that wait for their turn.
        public var queued = 0
        /// Deliveries that a run has.
        public var running = 0
        /// Deliveries that wait for another try.
        public var waiting = 0
        /// Deliveries that succeeded.
        public var done = 0
        /// Deliveries that a newer version made needless.
        public var superseded = 0
        /// Deliveries that were given up, of a table the versions of which there are such.
        public var deadLetters = 0

        /// There is nothing.
        public init() {}
    }

    /// Whether nothing has to be run.
    public var isSettled: Bool { queued + running + waiting == 0 }
}
