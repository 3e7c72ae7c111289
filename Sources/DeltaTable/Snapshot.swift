/// The state of a table at one version.
public struct Snapshot: Equatable, Sendable {
    /// The version of the last commit in it, counted from 0.
    public let version: Int64
    /// What clients must know.
    public let tableProtocol: TableProtocol
    /// Identity, settings and columns.
    public let metadata: Metadata
    /// The columns, partition columns included.
    public let schema: DeltaSchema
    /// The table's data files, ordered by path.
    public let files: [AddFile]
    /// The latest version of every application, by `appId`.
    public let transactions: [String: Int64]
    /// Files that left the table, ordered by path.
    public let tombstones: [RemoveFile]

    /// Refuses a table whose rules Sluice cannot keep when it writes.
    ///
    /// - Parameter table: How to call the table in the error.
    /// - Throws: `DeltaError` with code `unsupported`.
    public func requireWritable(table: String) throws(DeltaError) {
        try tableProtocol.requireWritable(table: table)
        let constrained = schema.fields.filter(\.hasInvariant).map(\.name)
        guard constrained.isEmpty else {
            throw DeltaError(
                .unsupported,
                step: "write \(table)",
                detail: "column \(constrained[0]) has an invariant, which Sluice does not check"
            )
        }
    }

    /// The actions that give this state to a table without a history: a checkpoint.
    ///
    /// Tombstones are kept for `retention` milliseconds, so that a cleaner knows them.
    func checkpointActions(now: Int64, retention: Int64) -> [DeltaAction] {
        let remembered = tombstones.filter { ($0.deletionTimestamp ?? 0) > now - retention }
        return [.tableProtocol(tableProtocol), .metadata(metadata)]
            + transactions.sorted { $0.key < $1.key }
            .map { .transaction(Transaction(appId: $0.key, version: $0.value)) }
            + files.map(DeltaAction.add) + remembered.map(DeltaAction.remove)
    }
}

/// Reconciles the actions of a log, oldest first, into a snapshot.
///
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#action-reconciliation
struct Replay {
    private var tableProtocol: TableProtocol?
    private var metadata: Metadata?
    private var files: [String: AddFile] = [:]
    private var tombstones: [String: RemoveFile] = [:]
    private var transactions: [String: Int64] = [:]

    /// Applies the actions of one commit or checkpoint, whose order does not matter.
    mutating func apply(_ actions: [DeltaAction]) {
        // A path that is both removed and added in one commit is part of the table.
        for case .remove(let file) in actions {
            files[file.path] = nil
            tombstones[file.path] = file
        }
        for action in actions {
            switch action {
            case .tableProtocol(let action): tableProtocol = action
            case .metadata(let action): metadata = action
            case .add(let file):
                files[file.path] = file
                tombstones[file.path] = nil
            case .transaction(let action): transactions[action.appId] = action.version
            case .remove, .commitInfo: break
            }
        }
    }

    func snapshot(version: Int64, table: String) throws(DeltaError) -> Snapshot {
        guard let tableProtocol, let metadata else {
            throw DeltaError(
                .corrupt,
                step: "read \(table)",
                detail: "its log has no \(tableProtocol == nil ? "protocol" : "metaData") action"
            )
        }
        try tableProtocol.requireReadable(table: table)
        return Snapshot(
            version: version,
            tableProtocol: tableProtocol,
            metadata: metadata,
            schema: try metadata.schema(),
            files: files.values.sorted { $0.path < $1.path },
            transactions: transactions,
            tombstones: tombstones.values.sorted { $0.path < $1.path }
        )
    }
}
