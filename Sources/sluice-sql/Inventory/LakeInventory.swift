import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import Glibc
import LakeFiles
import TableRows
import Verification

/// Reads one lake table for `sluice verify`: its log twice, its files, and their rows.
struct LakeInventory {
    /// The table.
    let table: String
    /// Its state; nil where there is none, or it cannot be read.
    let snapshot: Snapshot?
    private(set) var facts: LakeFacts
    private let folder: String
    /// Files of the snapshot that can be read.
    private var readable: [AddFile] = []

    /// Lists the table's files first, then reads its log: what was committed in between is named.
    init(
        table: String,
        in buckets: BucketsFolder,
        checkpoints: borrowing DuckDBCheckpoints
    ) throws {
        self.table = table
        folder = buckets.lakeTable(table)
        facts = LakeFacts(table: table)
        let present = try Self.dataFiles(in: folder)
        var snapshot: Snapshot?
        do {
            let log = DeltaLog(table: folder)
            let history = try LogHistory(of: log)
            facts.oldestCommit = history.commits.first
            facts.missingCommits = history.missing
            facts.modes = history.modes
            facts.changedVersion = history.changed
            facts.doubledFiles = history.doubled
            // What was committed since the history was read is not looked at.
            snapshot = try history.newest.flatMap { try log.snapshot(at: $0, using: checkpoints) }
            if let snapshot { Self.describe(snapshot, history, in: &facts) }
            facts.orphans = present.filter { !history.named.contains($0.path) }
            if let files = snapshot?.files {
                let named = Set(files.map { LogHistory.normal($0.filePath) })
                facts.orphans.removeAll { named.contains($0.path) }
                let gone = Set(
                    snapshot?.tombstones.map { LogHistory.normal($0.filePath) } ?? []
                )
                facts.orphans.removeAll { gone.contains($0.path) }
            }
        } catch let error as DeltaError {
            facts.problem = error.description
        }
        self.snapshot = snapshot
    }

    /// The names of lake tables.
    static func tables(in buckets: BucketsFolder) throws -> [String] {
        try FilePath.names(in: buckets.path(ofBucket: "lake")).filter {
            !$0.hasPrefix(".") && FilePath.isFolder("\(buckets.path(ofBucket: "lake"))/\($0)")
        }
    }

    // MARK: - The log

    private static func describe(
        _ snapshot: Snapshot,
        _ history: LogHistory,
        in facts: inout LakeFacts
    ) {
        facts.version = snapshot.version
        facts.dataVersion = history.entries.last { $0.changesData }?.version
        facts.id = snapshot.metadata.id
        facts.partitionColumns = snapshot.metadata.partitionColumns
        facts.columns = snapshot.schema.fields.map {
            ColumnFacts(name: $0.name, type: $0.type.glueName)
        }
        facts.checkpointDifferences = history.differences(from: snapshot)
        for (name, version) in snapshot.transactions {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == "similarity" {
                facts.resultsCurrentAsOf[String(parts[1])] = version
            } else if parts.count == 2, parts[0] == "derive" {
                facts.derivedFrom[String(parts[1])] = version
            }
        }
        guard snapshot.schema["_source"] != nil else { return }
        facts.content.removals = snapshot.transactions.compactMap { name, version in
            removedSource(name).map { VersionName(source: $0, sequencer: version) }
        }
        facts.content.loads = loads(snapshot, history).map { load in
            var load = load
            if facts.content.removal(of: load.name) != nil { load.isCurrent = false }
            return load
        }
    }

    /// The file that the transaction of a removal names.
    private static func removedSource(_ appId: String) -> String? {
        let prefix = VersionHistory.removalPrefix
        return appId.hasPrefix(prefix) ? String(appId.dropFirst(prefix.count)) : nil
    }

    /// The versions that transactions name, then those that only earlier commits tell of.
    private static func loads(
        _ snapshot: Snapshot,
        _ history: LogHistory
    ) -> [TableContent.Load] {
        var figures: [VersionName: CommitInfo.Figures] = [:]
        for noted in history.figures where removedSource(noted.appId) == nil {
            figures[name(noted.appId, noted.version)] = noted
        }
        var loads: [TableContent.Load] = []
        var current: Set<VersionName> = []
        for (appId, version) in snapshot.transactions.sorted(by: { $0.value < $1.value })
        where removedSource(appId) == nil {
            let name = name(appId, version)
            // Applications of other programs have names of their own.
            guard figures[name] != nil || ObjectKey(name.source) != nil && version > 0 else {
                continue
            }
            current.insert(name)
            loads.append(load(name, figures[name], isCurrent: true))
        }
        for (name, noted) in figures where !current.contains(name) {
            loads.append(load(name, noted, isCurrent: false))
        }
        return loads
    }

    private static func load(
        _ name: VersionName,
        _ figures: CommitInfo.Figures?,
        isCurrent: Bool
    ) -> TableContent.Load {
        TableContent.Load(
            name: name,
            rows: figures?.counts["rows"],
            rejected: figures?.counts["rejected"],
            isCurrent: isCurrent
        )
    }

    /// The version that a transaction stands for; in mode `upsert` its sequencer is in the name.
    private static func name(_ appId: String, _ version: Int64) -> VersionName {
        let ending = "@\(Sequencer(rawValue: UInt64(max(0, version))))"
        let source = appId.hasSuffix(ending) ? String(appId.dropLast(ending.count)) : appId
        return VersionName(source: source, sequencer: version)
    }

    // MARK: - The files

    private static func dataFiles(in folder: String) throws -> [LakeFacts.OrphanedFile] {
        var files: [LakeFacts.OrphanedFile] = []
        func walk(_ place: String, _ prefix: String) throws {
            for name in try FilePath.names(in: place)
            where !name.hasPrefix(".") && !name.hasPrefix("_") {
                let path = "\(place)/\(name)"
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    try walk(path, "\(prefix)\(name)/")
                } else if name.hasSuffix(".parquet") {
                    let time = status.st_mtim
                    files.append(
                        LakeFacts.OrphanedFile(
                            path: prefix + name,
                            size: Int64(status.st_size),
                            modified: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
                        )
                    )
                }
            }
        }
        try walk(folder, "")
        return files
    }

    /// Looks at each data file of the newest version: whether it is there, and its own footer.
    mutating func readFiles(on connection: borrowing Connection, _ progress: Progress) throws {
        guard let snapshot else { return }
        let footers = FileFooters(table: folder)
        for batch in snapshot.files.batches(of: 500) {
            progress.show("lake.\(table): \(facts.files.count) of \(snapshot.files.count) files")
            let found = try footers.read(batch, on: connection)
            for (file, footer) in zip(batch, found) {
                var data = LakeFacts.DataFile(
                    path: LogHistory.normal(file.filePath),
                    expectedSize: file.size,
                    expectedRows: file.recordCount
                )
                data.size = footer.size
                data.rows = footer.rows
                data.problem = footer.problem
                data.wrongBounds = footer.wrongBounds
                data.expectedFolder = misplaced(file, snapshot)
                if footer.rows != nil { readable.append(file) }
                facts.files.append(data)
            }
        }
        facts.content.isCounted = readable.count == snapshot.files.count
    }

    /// The folders that the log's partition values ask for, where the file is in others.
    private func misplaced(_ file: AddFile, _ snapshot: Snapshot) -> String? {
        let columns = snapshot.metadata.partitionColumns
        guard LakeFiles.isOurs(file), !columns.isEmpty else { return nil }
        let expected = LakeFiles.folders(of: columns, values: file.partitionValues)
        let found = file.filePath.split(separator: "/").dropLast().map(String.init)
        return Set(expected) == Set(found) ? nil : expected.joined(separator: "/")
    }

    // MARK: - The rows

    /// Counts rows by version and, unless `columns` is nil, adds up a hash of their values.
    mutating func countRows(
        digesting columns: [String]?,
        combining: ModeQuery,
        on connection: borrowing Connection,
        _ progress: Progress
    ) throws(DuckDBError) {
        guard let snapshot else { return }
        guard snapshot.schema["_source"] != nil, snapshot.schema["_seq"] != nil else {
            facts.content.foreignRows = facts.files.reduce(0) { $0 + ($1.rows ?? 0) }
            return try digestRows(of: snapshot, columns ?? [], on: connection, progress)
        }
        var counter = RowCounter(digesting: columns)
        var done = 0
        for batch in readable.batches(of: 200) {
            progress.show("lake.\(table): rows of \(done) of \(readable.count) files")
            let rows = LakeRelation.query(
                of: snapshot,
                table: folder,
                files: batch,
                columns: (columns ?? []) + ["_source", "_seq"]
            )
            try counter.count(rows, on: connection)
            done += batch.count
        }
        counter.give(to: &facts.content)
        if facts.content.isCounted {
            progress.show("lake.\(table): keys and partitions")
            let fields = snapshot.schema.fields.map { field in
                ColumnType.Field(name: field.name, type: ColumnType(field.type.glueName) ?? .string)
            }
            let rows = LakeRelation.query(of: snapshot, table: folder)
            try combining.count(rows, columns: fields, into: &facts.content, on: connection)
        }
    }

    /// Adds up a hash of the values of rows that have no version; their number is in the files.
    private mutating func digestRows(
        of snapshot: Snapshot,
        _ columns: [String],
        on connection: borrowing Connection,
        _ progress: Progress
    ) throws(DuckDBError) {
        guard !columns.isEmpty else { return }
        var counter = RowCounter(digesting: columns)
        for batch in readable.batches(of: 200) {
            progress.show("lake.\(table): values of its rows")
            let rows = LakeRelation.query(
                of: snapshot,
                table: folder,
                files: batch,
                columns: columns
            )
            try counter.countAll(rows, on: connection)
        }
        counter.give(to: &facts.content)
    }
}
