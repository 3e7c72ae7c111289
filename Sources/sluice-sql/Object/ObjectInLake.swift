import Buckets
import DeltaTable
import DuckDB
import Events
import Glibc
import LakeFiles
import TableFacts
import TableRows

/// Reads what a lake table knows of an object.
///
/// The log answers most of it; only data files that hold rows of several objects are read.
struct ObjectInLake: ~Copyable {
    private let table: String
    private let log: DeltaLog
    private let checkpoints: DuckDBCheckpoints
    private let connection: Connection

    init(table: String, in buckets: BucketsFolder) throws {
        let database = try Database(
            settings: ["temp_directory": buckets.scratchFolder + "/object-\(getpid())"]
        )
        let connection = try database.connect()
        let checkpoints = try DuckDBCheckpoints(database)
        self.table = table
        log = DeltaLog(table: buckets.lakeTable(table))
        self.checkpoints = checkpoints
        self.connection = connection
    }

    // MARK: - An object of which rows are made

    /// Where the rows of an object are.
    func rows(of object: ObjectKey) -> LakeRows {
        var rows = LakeRows(table: table)
        let source = object.description
        do {
            rows.commits = try log.provenance(holding: source).flatMap { version, info in
                (info.sluiceFigures ?? []).compactMap { figures in
                    guard let sequencer = sequencer(of: figures, source) else { return nil }
                    return LakeRows.Commit(
                        version: version,
                        at: info.timestamp,
                        sequencer: sequencer,
                        rows: figures.counts["rows"] ?? 0,
                        rejected: figures.counts["rejected"] ?? 0
                    )
                }
            }
            guard let snapshot = try log.snapshot(using: checkpoints) else { return rows }
            rows.version = snapshot.version
            let removal = snapshot.transactions[VersionHistory.removalPrefix + source] ?? -1
            rows.accepted = snapshot.transactions.compactMap { name, version in
                isName(name, of: source, version) && version > removal
                    ? Sequencer(rawValue: UInt64(version)) : nil
            }.sorted()
            rows.present = try present(source, in: snapshot)
        } catch {
            rows.problem = "\(error)"
        }
        return rows
    }

    private func sequencer(of figures: CommitInfo.Figures, _ source: String) -> Sequencer? {
        guard figures.version > 0, isName(figures.appId, of: source, figures.version) else {
            return nil
        }
        return Sequencer(rawValue: UInt64(figures.version))
    }

    /// Whether a transaction is of a source: in mode `upsert` its name ends with the sequencer.
    private func isName(_ name: String, of source: String, _ version: Int64) -> Bool {
        guard name != source else { return true }
        return version > 0 && name == "\(source)@\(Sequencer(rawValue: UInt64(version)))"
    }

    private func present(_ source: String, in snapshot: Snapshot) throws -> [LakeRows.Present] {
        var found: [Sequencer: LakeRows.Present] = [:]
        func add(_ sequencer: Sequencer, _ rows: Int64, _ path: String) {
            let empty = LakeRows.Present(sequencer: sequencer, rows: 0, files: [])
            found[sequencer, default: empty].rows += rows
            found[sequencer]?.files.append(path)
        }
        var mixed: [AddFile] = []
        for file in snapshot.files {
            let range = SourceRange(file)
            guard range.mayHold(source) else { continue }
            if range.only == source, let sequencer = range.onlySequencer,
                let rows = file.recordCount
            {
                add(sequencer, rows, file.filePath)
            } else {
                mixed.append(file)
            }
        }
        for row in try counted(mixed, "_source = \(SQL.literal(source))") {
            add(row.sequencer, row.rows, row.path)
        }
        return found.values.sorted { $0.sequencer < $1.sequencer }
    }

    // MARK: - Objects of the lake

    /// What a commit did.
    func commit(_ version: Int64) -> CommitFacts {
        var facts = CommitFacts(table: table, version: version)
        do {
            facts.newest = try log.newestVersion()
            guard let actions = try log.actions(at: version) else {
                facts.problem = "the file of the commit is gone"
                return facts
            }
            for action in actions {
                switch action {
                case .commitInfo(let info):
                    facts.at = info.timestamp
                    facts.operation = info.operation
                    facts.engine = info.engineInfo
                    facts.sources = (info.sluiceFigures ?? []).compactMap(Self.source)
                case .add(let file):
                    facts.added += 1
                    facts.rows += file.recordCount ?? 0
                case .remove: facts.removed += 1
                default: break
                }
            }
        } catch {
            facts.problem = "\(error)"
        }
        return facts
    }

    private static func source(_ figures: CommitInfo.Figures) -> CommitFacts.Source? {
        let isRemoval = figures.appId.hasPrefix(VersionHistory.removalPrefix)
        guard figures.version > 0, !isRemoval else { return nil }
        let sequencer = Sequencer(rawValue: UInt64(figures.version))
        let ending = "@\(sequencer)"
        let isEnded = figures.appId.hasSuffix(ending)
        return CommitFacts.Source(
            object: isEnded ? String(figures.appId.dropLast(ending.count)) : figures.appId,
            sequencer: sequencer,
            rows: figures.counts["rows"] ?? 0,
            rejected: figures.counts["rejected"] ?? 0
        )
    }

    /// What a data file is.
    func file(_ path: String) -> DataFileFacts {
        var facts = DataFileFacts(table: table, path: path)
        do {
            guard let snapshot = try log.snapshot(using: checkpoints) else { return facts }
            let present = snapshot.files.first { $0.filePath == path }
            facts.isPresent = present != nil
            for version in stride(from: snapshot.version, through: 0, by: -1) {
                guard facts.addedIn == nil, let actions = try log.actions(at: version) else {
                    break
                }
                for action in actions {
                    switch action {
                    case .add(let file) where file.filePath == path: facts.addedIn = version
                    case .remove(let file) where file.filePath == path: facts.removedIn = version
                    default: break
                    }
                }
            }
            if let present {
                facts.sources = try counted([present], "_source IS NOT NULL").map { row in
                    CommitFacts.Source(
                        object: row.source,
                        sequencer: row.sequencer,
                        rows: row.rows,
                        rejected: 0
                    )
                }
            }
        } catch {
            facts.problem = "\(error)"
        }
        return facts
    }

    // MARK: - Rows

    private struct Counted {
        var path: String
        var source: String
        var sequencer: Sequencer
        var rows: Int64
    }

    /// The rows in data files that fit a condition, by file and object version.
    private func counted(_ files: [AddFile], _ condition: String) throws -> [Counted] {
        guard !files.isEmpty else { return [] }
        let paths = files.map { file in
            file.filePath.hasPrefix("/") ? file.filePath : "\(log.table)/\(file.filePath)"
        }
        let names = Dictionary(zip(paths, files.map(\.filePath)), uniquingKeysWith: { $1 })
        let rows = try connection.rows(
            """
            SELECT filename, _source, _seq, count(*) FROM read_parquet(\(SQL.list(paths)),
                hive_partitioning = false, union_by_name = true, filename = true)
            WHERE \(condition) AND _seq > 0 GROUP BY ALL ORDER BY ALL
            """
        )
        return rows.map { row in
            let path = row[0].string ?? ""
            return Counted(
                path: names[path] ?? path,
                source: row[1].string ?? "",
                sequencer: Sequencer(rawValue: UInt64(row[2].int ?? 0)),
                rows: Int64(row[3].int ?? 0)
            )
        }
    }
}
