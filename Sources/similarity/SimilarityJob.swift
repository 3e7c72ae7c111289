import Buckets
import DeltaTable
import DuckDB
import Events
import FunctionConfig
import HandlerRuntime
import LakeFiles

/// Brings the results of every indicator up to date with the newest version of its table.
///
/// Rows without a locale, interval, dimension or finite value are left out and counted; an
/// indicator without a name is left out.
struct SimilarityJob {
    /// Results wait for each other's commit until there are so many indicators or pairs.
    private static let indicatorsPerCommit = 64
    private static let pairsPerCommit: Int64 = 1_000_000

    private let context: HandlerContext

    /// A job for one invocation.
    init(_ context: HandlerContext) { self.context = context }

    /// Does the work.
    ///
    /// - Returns: The number of indicators that were computed or removed, their pairs, repeated and
    ///   ignored values; nothing where the event names no commit of the table.
    func run() throws -> HandlerResult {
        guard let table = context.config.similarityTable, let settings = table.similarity else {
            throw HandlerError.failure(
                "NoSimilarityTable",
                "no table in functions.json has `similarity`; add it to the one to compare"
            )
        }
        guard try context.objectRecords().contains(where: { isCommit($0, of: table.name) }) else {
            return HandlerResult()
        }
        let database = try openDatabase()
        let lake = ResultLake(
            context.buckets,
            settings: settings,
            checkpoints: try DuckDBCheckpoints(database)
        )
        guard let snapshot = try lake.snapshot(of: table.name) else { return HandlerResult() }
        let log = DeltaLog(table: context.buckets.lakeTable(table.name))
        let input = try InputTable(name: table.name, log: log, snapshot: snapshot)
        let connection = try database.connect()
        let work = try Work(input, lake, connection)
        var total = Total()
        if !work.isEmpty {
            let notes = ResultNotes(in: context.buckets)
            try notes.recover()
            let writer = try ResultWriter(
                context.buckets,
                scratch: context.scratchFolder,
                database: database,
                settings: settings,
                memory: memoryBytes / 5,
                mark: try notes.mark()
            )
            total = try run(work, input, lake, writer, connection)
            try notes.end()
        }
        return HandlerResult(results: [total.json(table: table.name, version: snapshot.version)])
    }

    private func run(
        _ work: Work,
        _ input: InputTable,
        _ lake: ResultLake,
        _ writer: ResultWriter,
        _ connection: borrowing Connection
    ) throws -> Total {
        var total = Total()
        var waiting = work.gone.map { IndicatorResults(indicator: $0) }
        do {
            for indicator in work.stale {
                let pairs = waiting.reduce(0) { $0 + $1.pairs }
                if waiting.count >= Self.indicatorsPerCommit || pairs >= Self.pairsPerCommit {
                    let written = waiting
                    waiting = []
                    total.add(try lake.commit(written, of: input, isLast: false), work)
                }
                let named = try NamedIndicator(
                    id: indicator,
                    rows: input.rows(of: indicator),
                    connection,
                    memory: memoryBytes / 100 * 35
                )
                let now = UTCTime.nowMicroseconds() / 1_000
                waiting.append(try writer.write(named, now: now))
            }
            let written = waiting
            waiting = []
            total.add(try lake.commit(written, of: input, isLast: true), work)
        } catch {
            for result in waiting { result.discard() }
            throw error
        }
        return total
    }

    private func isCommit(_ record: S3Record, of table: String) -> Bool {
        record.s3.bucket.name == "lake" && record.decodedKey.hasPrefix("\(table)/_delta_log/")
    }

    private var memoryBytes: Int { context.memory << 20 }

    /// A database in memory; what does not fit goes to the run's scratch folder.
    private func openDatabase() throws -> Database {
        try FilePath.makeFolder(context.scratchFolder)
        return try Database(settings: [
            "memory_limit": "\(max(memoryBytes / 4, 128 << 20) >> 20)MiB",
            "temp_directory": context.scratchFolder,
        ])
    }
}

/// What there is to do: indicators whose results are not of their newest data.
struct Work {
    /// Indicators to compute, in order.
    let stale: [String]
    /// Indicators that have results and no longer data.
    let gone: [String]

    /// Whether all results are current.
    var isEmpty: Bool { stale.isEmpty && gone.isEmpty }

    /// Compares the input with its results.
    init(
        _ input: InputTable,
        _ lake: ResultLake,
        _ connection: borrowing Connection
    ) throws {
        let progress = try lake.progress(of: input)
        let version = input.snapshot.version
        guard progress.currentVersion != version else {
            stale = []
            gone = []
            return
        }
        let present = try input.indicators(connection)
        // Where the log does not tell, anything may have changed since.
        let changes =
            progress.currentVersion < version
            ? try input.changes(after: progress.currentVersion, connection) : nil
        stale = present.filter { indicator in
            let changed = changes.map { $0[indicator] ?? -1 } ?? version
            return changed > progress.version(of: indicator)
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        gone = try lake.indicators(progress).subtracting(present)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// What a run has come to.
private struct Total {
    private var indicators = 0
    private var removed = 0
    private var pairs: Int64 = 0
    private var repeatedValues = 0
    private var ignoredRows = 0

    mutating func add(_ results: [IndicatorResults], _ work: Work) {
        let gone = Set(work.gone)
        for result in results {
            if gone.contains(result.indicator) {
                removed += 1
                continue
            }
            indicators += 1
            pairs += result.pairs
            repeatedValues += result.repeatedValues
            ignoredRows += result.ignoredRows
        }
    }

    func json(table: String, version: Int64) -> JSONValue {
        [
            "table": .string(table), "version": .integer(version),
            "indicators": .integer(Int64(indicators)), "removed": .integer(Int64(removed)),
            "pairs": .integer(pairs), "repeated": .integer(Int64(repeatedValues)),
            "ignored": .integer(Int64(ignoredRows)),
        ]
    }
}
