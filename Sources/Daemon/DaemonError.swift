/// Why the daemon cannot work.
public enum DaemonError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another daemon works on these buckets; its process, where the lock file tells it.
    case inUse(process: Int32?, buckets: String)
    /// The watch ended although nobody asked it to.
    case watchEnded
    /// A limit of the system allows no work.
    case limitTooLow(name: String, limit: UInt, least: UInt, command: String)
    /// The ledger is new, and the load history, above whose sequencers it has to begin, cannot be read.
    case historyUnknown(warehouse: String, problem: String)

    /// What failed, why, and what to do.
    public var description: String {
        switch self {
        case .inUse(let process, let buckets):
            let who = process.map { "process \($0)" } ?? "another process"
            return "\(who) already works on \(buckets): stop it first, or name other buckets with "
                + "--buckets"
        case .watchEnded: return "the watch over the buckets has ended; start again"
        case .limitTooLow(let name, let limit, let least, let command):
            return "the limit of \(name) is \(limit), and at least \(least) are needed: raise it "
                + "(`\(command)`, or the unit's settings), then start again"
        case .historyUnknown(let warehouse, let problem):
            return
                "the ledger is new, and the load history of \(warehouse), above which its numbers "
                + "have to lie, cannot be read: \(problem); let the warehouse be reached, then start "
                + "again"
        }
    }
}
