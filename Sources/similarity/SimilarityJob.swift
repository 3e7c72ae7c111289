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
        let work = try Work(input, lake, try database.connect())
        var total = Total()
        if !work.isEmpty {
            let notes = ResultNotes(in: context.buckets)
            try notes.recover()
            let writer = ResultWriter(
                context.buckets,
                scratch: context.scratchFolder,
                settings: settings,
                mark: try notes.mark()
            )
            let commits = ResultCommits(lake, input, work)
            total = try SimilarityRun(work, input, database, writer, commits, memory: memoryBytes)
                .run()
            try notes.end()
        }
        return HandlerResult(results: [total.json(table: table.name, version: snapshot.version)])
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
            "threads": "1",
        ])
    }
}
