import Buckets
import DeltaTable
import TableRows
import Verification

/// Every commit of a lake table's log, read one after the other.
///
/// This is a reading of its own beside `DeltaLog.snapshot`: it begins with the oldest commit and uses
/// no checkpoint, so that the two prove each other.
struct LogHistory {
    /// The commits that are there, in order.
    private(set) var commits: [Int64] = []
    /// The checkpoints that are there, in order.
    private(set) var checkpoints: [Int64] = []
    /// The files of the table after the last commit, by normal path.
    private(set) var files: [String: AddFile] = [:]
    /// The transactions after the last commit.
    private(set) var transactions: [String: Int64] = [:]
    /// Every path that a commit ever named.
    private(set) var named: Set<String> = []
    /// Paths that were added although they were part of the table.
    private(set) var doubled: [LakeFacts.DoubledFile] = []
    /// What commits noted of their transactions, in order.
    private(set) var figures: [CommitInfo.Figures] = []
    /// The modes in which Sluice's commits were made, in order of their first use.
    private(set) var modes: [String] = []
    /// The last commit that changed rows or columns.
    private(set) var changed: Int64?
    /// What each commit did, in order.
    private(set) var entries: [Entry] = []

    /// What one commit did.
    struct Entry {
        /// The version that it made.
        var version: Int64
        /// When, in milliseconds since 1970; nil where it does not tell.
        var timestamp: Int64?
        /// What was done, for example `WRITE`.
        var operation: String?
        /// The rows that versions brought, or else those of the files that it added.
        var rows: Int64
        /// Files that it added.
        var added: Int
        /// Files that it removed.
        var removed: Int
        /// Whether rows came or went, and were not only rearranged.
        var changesData = false
        /// The columns from here on, where they changed.
        var metadata: Metadata?
    }

    /// Reads the log of the table in a folder.
    ///
    /// - Throws: `DeltaError` when a commit cannot be read, `BucketsError` when the folder cannot.
    init(of log: DeltaLog) throws {
        for name in try FilePath.names(in: log.table + "/_delta_log") {
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.count == 20, let version = Int64(parts[0]) else {
                continue
            }
            if parts[1] == "json" { commits.append(version) }
            if parts[1] == "checkpoint.parquet" { checkpoints.append(version) }
        }
        commits.sort()
        checkpoints.sort()
        for version in commits { try take(try log.actions(at: version) ?? [], version) }
    }

    /// The newest version that anything names.
    var newest: Int64? { [commits.last, checkpoints.last].compactMap(\.self).max() }

    /// Commits that should be there and are not.
    ///
    /// A clean-up by another program leaves no gap: what is left begins with a checkpoint.
    var missing: [Int64] {
        guard let newest, let oldest = commits.first else { return [] }
        let present = Set(commits)
        let isCleaned = checkpoints.contains(oldest) || checkpoints.contains(oldest - 1)
        let start = isCleaned ? oldest : 0
        return stride(from: start, through: newest, by: 1).filter { !present.contains($0) }
    }

    /// Whether the commits alone tell the whole state.
    var isWhole: Bool { commits.first == 0 && missing.isEmpty }

    /// What a snapshot says otherwise than the commits.
    func differences(from snapshot: Snapshot) -> [String] {
        guard isWhole, !checkpoints.isEmpty else { return [] }
        let shown = Dictionary(
            snapshot.files.map { (Self.normal($0.filePath), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var found: [String] = []
        for path in files.keys.sorted() where shown[path] == nil {
            found.append("\(path) left out")
        }
        for path in shown.keys.sorted() {
            guard let file = files[path] else {
                found.append("\(path) in addition")
                continue
            }
            if file.size != shown[path]?.size || file.recordCount != shown[path]?.recordCount
                || file.partitionValues != shown[path]?.partitionValues
            {
                found.append("other figures of \(path)")
            }
        }
        for name in Set(transactions.keys).union(snapshot.transactions.keys).sorted()
        where transactions[name] != snapshot.transactions[name] {
            found.append("another version of \(name)")
        }
        return found
    }

    /// A path below the table's folder without detours.
    static func normal(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + parts : parts
    }

    private mutating func take(_ actions: [DeltaAction], _ version: Int64) throws {
        var entry = Entry(version: version, rows: 0, added: 0, removed: 0)
        if actions.changeRows { changed = version }
        var added: Set<String> = []
        var addedRows: Int64 = 0
        var broughtRows: Int64?
        for case .remove(let file) in actions {
            let path = Self.normal(file.filePath)
            files[path] = nil
            named.insert(path)
            entry.removed += 1
            if file.dataChange { entry.changesData = true }
        }
        for action in actions {
            switch action {
            case .add(let file):
                let path = Self.normal(file.filePath)
                let isThere = files[path] != nil && file.dataChange
                if !added.insert(path).inserted || isThere {
                    doubled.append(LakeFacts.DoubledFile(path: path, commit: version))
                }
                files[path] = file
                named.insert(path)
                entry.added += 1
                if file.dataChange {
                    addedRows += file.recordCount ?? 0
                    entry.changesData = true
                }
            case .transaction(let transaction):
                transactions[transaction.appId] = transaction.version
            case .metadata(let metadata): entry.metadata = metadata
            case .commitInfo(let info):
                entry.timestamp = info.timestamp
                entry.operation = info.operation
                guard let noted = info.sluiceFigures, !noted.isEmpty else { continue }
                figures += noted
                // Of a removal they tell how many rows left.
                broughtRows = noted.filter { !$0.appId.hasPrefix(VersionHistory.removalPrefix) }
                    .reduce(0) { $0 + ($1.counts["rows"] ?? 0) }
                if let mode = info.operationParameters?["mode"], !modes.contains(mode) {
                    modes.append(mode)
                }
            case .remove, .tableProtocol: break
            }
        }
        entry.rows = broughtRows ?? addedRows
        entries.append(entry)
    }
}
