import FoundationEssentials

/// How a commit ended.
public enum CommitOutcome: Equatable, Sendable {
    /// The commit is the table's newest version and on the disk.
    case committed
    /// Another commit took the version first; nothing was changed.
    case conflict
}

/// The log of one Delta table in a local folder: `<table>/_delta_log`.
///
/// Any number of processes may read and commit at the same time.
/// https://github.com/delta-io/delta/blob/master/PROTOCOL.md
public struct DeltaLog: Sendable {
    /// Every how many commits a checkpoint is due.
    public static let checkpointInterval: Int64 = 50

    /// What the names of all files of this process that are not committed yet contain: 16 hexadecimal
    /// digits.
    public static let processMark = {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }()

    /// The table's folder.
    public let table: String
    let folder: String
    let store: any LogStore

    /// The log of the table in the folder `table`, which need not exist yet.
    public init(table: String) { self.init(table: table, store: LocalLogStore()) }

    /// A log on a file system that tests supply.
    package init(table: String, store: any LogStore) {
        self.table = table
        self.store = store
        folder = table + "/_delta_log"
    }

    /// The table's state.
    ///
    /// - Parameters:
    ///   - version: The version to read; `nil` for the newest.
    ///   - codec: Reads the checkpoint that the log begins with, if there is one.
    /// - Returns: `nil` when the folder holds no Delta table.
    /// - Throws: `DeltaError` when a commit is missing or unreadable, when there is no such
    ///   version, or when the table asks for features that Sluice does not know.
    public func snapshot(
        at version: Int64? = nil,
        using codec: borrowing some CheckpointCodec & ~Copyable
    ) throws(DeltaError) -> Snapshot? {
        let listing = try listing()
        guard let newest = listing.newest else { return nil }
        let wanted = version ?? newest
        guard (0...newest).contains(wanted) else {
            throw DeltaError(
                .corrupt,
                step: "read \(table)",
                detail: "it has no version \(wanted), the newest is \(newest)"
            )
        }
        var replay = Replay()
        var next: Int64 = 0
        if let checkpoint = listing.checkpoints.filter({ $0 <= wanted }).max() {
            replay.apply(try codec.read(path(checkpoint, "checkpoint.parquet")))
            next = checkpoint + 1
        }
        while next <= wanted {
            guard let actions = try actions(at: next) else {
                throw DeltaError(
                    .corrupt,
                    step: "read \(table)",
                    detail: "version \(wanted) needs \(path(next, "json")), which is missing"
                )
            }
            replay.apply(actions)
            next += 1
        }
        return try replay.snapshot(version: wanted, table: table)
    }

    /// The newest version; `nil` when the folder holds no Delta table.
    public func newestVersion() throws(DeltaError) -> Int64? { try listing().newest }

    /// The actions of one commit, in the order of the file; `nil` when there is no such file.
    public func actions(at version: Int64) throws(DeltaError) -> [DeltaAction]? {
        let path = path(version, "json")
        guard let bytes = try store.read(path) else { return nil }
        return try CommitFile.decoded(bytes, path: path)
    }

    /// Makes `actions` the table's version `version`, atomically.
    ///
    /// The commit is on the disk when this returns `.committed`. When it throws, the commit is
    /// there in full or not at all; its transactions tell which.
    ///
    /// - Parameters:
    ///   - actions: What changes; the first commit holds a protocol and a metadata action.
    ///   - version: One more than the newest version; 0 for a new table.
    /// - Returns: `.conflict` when the version is taken: read the table again and decide anew.
    /// - Throws: `DeltaError` with code `storage`, which tells whether the commit may be there.
    public func commit(
        _ actions: [DeltaAction],
        as version: Int64
    ) throws(DeltaError) -> CommitOutcome {
        let bytes = try CommitFile.encoded(actions)
        try store.makeFolder(folder)
        let temporary = temporaryPath("json")
        defer { store.remove(temporary) }
        try store.write(bytes, to: temporary)
        guard try store.linkIfAbsent(temporary, as: path(version, "json")) else {
            return .conflict
        }
        do throws(DeltaError) {
            try store.sync(folder)
        } catch {
            var error = error
            error.mayBeCommitted = true
            throw error
        }
        return .committed
    }

    /// Whether a checkpoint is due after the commit of `version`.
    public static func isCheckpointDue(after version: Int64) -> Bool {
        version > 0 && version % checkpointInterval == 0
    }

    /// Writes the checkpoint that is due after a commit, if one is.
    ///
    /// Without it readers need more time, and the table is what it was: the commit stands.
    ///
    /// - Parameters:
    ///   - version: The version that was committed.
    ///   - now: The present time in milliseconds since 1970.
    ///   - codec: Reads and writes checkpoints.
    /// - Returns: Why it could not be written; `nil` where it was, or none is due.
    public func writeCheckpointIfDue(
        after version: Int64,
        now: Int64,
        using codec: borrowing some CheckpointCodec & ~Copyable
    ) -> DeltaError? {
        guard Self.isCheckpointDue(after: version) else { return nil }
        do throws(DeltaError) {
            guard let snapshot = try snapshot(at: version, using: codec) else { return nil }
            try writeCheckpoint(of: snapshot, now: now, using: codec)
            return nil
        } catch {
            return error
        }
    }

    /// Writes a checkpoint, so that readers need not read older commits.
    ///
    /// A failure leaves the table as readable as before.
    ///
    /// - Parameters:
    ///   - snapshot: A state of this table.
    ///   - now: The present time in milliseconds since 1970.
    ///   - codec: Writes the file.
    /// - Throws: `DeltaError` of the codec or with code `storage`.
    public func writeCheckpoint(
        of snapshot: Snapshot,
        now: Int64,
        using codec: borrowing some CheckpointCodec & ~Copyable
    ) throws(DeltaError) {
        let week: Int64 = 7 * 24 * 3_600_000
        let actions = snapshot.checkpointActions(now: now, retention: week)
        let temporary = temporaryPath("parquet")
        defer { store.remove(temporary) }
        try codec.write(actions, to: temporary)
        try store.sync(temporary)
        try store.replace(path(snapshot.version, "checkpoint.parquet"), with: temporary)
        let pointer = LastCheckpoint(
            version: snapshot.version,
            size: Int64(actions.count),
            sizeInBytes: nil,
            numOfAddFiles: Int64(snapshot.files.count)
        )
        let temporaryPointer = temporaryPath("json")
        defer { store.remove(temporaryPointer) }
        try store.write(pointer.json, to: temporaryPointer)
        try store.replace(folder + "/_last_checkpoint", with: temporaryPointer)
        try store.sync(folder)
    }

    /// The figures that a commit noted for a transaction, looking from the newest commit back.
    ///
    /// - Parameters:
    ///   - appId: The transaction's application.
    ///   - version: The transaction's version.
    /// - Returns: The commit's version, the transaction's figures and the commit's totals; `nil`
    ///   when no commit that is still there notes them.
    /// - Throws: `DeltaError` when a commit is unreadable.
    public func figures(
        forTransaction appId: String,
        version: Int64
    ) throws(DeltaError) -> (commit: Int64, figures: CommitInfo.Figures, totals: [String: Int64])? {
        for commit in try listing().commits.sorted(by: >) {
            for case .commitInfo(let info) in try actions(at: commit) ?? [] {
                let found = info.sluiceFigures?.first {
                    $0.appId == appId && $0.version == version
                }
                if let found { return (commit, found, info.sluiceTotals ?? [:]) }
            }
        }
        return nil
    }

    /// What a log's folder holds.
    struct Listing {
        var commits: [Int64] = []
        var checkpoints: [Int64] = []
        var newest: Int64? { [commits.max(), checkpoints.max()].compactMap(\.self).max() }
    }

    func listing() throws(DeltaError) -> Listing {
        var listing = Listing()
        for name in try store.names(in: folder) ?? [] {
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.count == 20, let version = Int64(parts[0]) else {
                continue
            }
            if parts[1] == "json" { listing.commits.append(version) }
            if parts[1] == "checkpoint.parquet" { listing.checkpoints.append(version) }
        }
        return listing
    }

    func path(_ version: Int64, _ suffix: String) -> String {
        let digits = String(version)
        return folder + "/" + String(repeating: "0", count: max(0, 20 - digits.count)) + digits
            + "." + suffix
    }

    /// A name that begins with a dot is no object of a bucket and no file of the log.
    private func temporaryPath(_ suffix: String) -> String {
        "\(folder)/.\(Self.processMark)-\(UUID().uuidString.lowercased()).\(suffix)"
    }
}
