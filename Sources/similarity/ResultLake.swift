import Buckets
import DeltaTable
import Events
import FoundationEssentials
import FunctionConfig
import Glibc
import HandlerRuntime
import LakeFiles

/// The lake tables of results, and the bucket `results` beside them.
final class ResultLake {
    private let buckets: BucketsFolder
    private let settings: TableSettings.SimilaritySettings
    private let checkpoints: DuckDBCheckpoints

    /// Takes the results in these buckets, made with these settings.
    init(
        _ buckets: BucketsFolder,
        settings: TableSettings.SimilaritySettings,
        checkpoints: consuming DuckDBCheckpoints
    ) {
        self.buckets = buckets
        self.settings = settings
        self.checkpoints = checkpoints
    }

    /// The newest state of any lake table; `nil` where there is none.
    func snapshot(of table: String) throws(DeltaError) -> Snapshot? {
        try DeltaLog(table: buckets.lakeTable(table)).snapshot(using: checkpoints)
    }

    /// How far results of a table have come.
    func progress(of input: InputTable) throws(DeltaError) -> Progress {
        let results = try snapshot(of: ResultTable.weightedDistances.rawValue)
        return Progress(results, of: input, settings: settings)
    }

    /// The indicators that have rows in any table of results, or were done and have a file.
    func indicators(_ progress: Progress) throws(DeltaError) -> Set<String> {
        var indicators = progress.indicators.filter { FilePath.canonical(file(of: $0)) != nil }
        for table in ResultTable.allCases {
            let files = try snapshot(of: table.rawValue)?.files ?? []
            indicators.formUnion(files.compactMap { $0.partition("indicator_id") })
        }
        return indicators
    }

    /// Replaces the results of some indicators, in every table and in `results`.
    ///
    /// Results are current when the last of the commits is there, that of `weighted_distances`.
    /// What is cut off before is done again in full. Only one run commits at a time: of two that
    /// read different versions of the input, the newer one's results stay, sets and pairs alike.
    ///
    /// - Parameters:
    ///   - results: Files that were written.
    ///   - input: What they are results of.
    ///   - isLast: Whether with them every indicator is current.
    /// - Returns: Those that were taken; others were already there, from this version or a newer.
    /// - Throws: `DeltaError`, `BucketsError`, or `HandlerError` where a table is not ours.
    func commit(
        _ results: [IndicatorResults],
        of input: InputTable,
        isLast: Bool
    ) throws -> [IndicatorResults] {
        var committed: Set<ResultTable> = []
        do {
            try FilePath.makeFolder(buckets.stateFolder)
            return try FileLock.whileHeld(buckets.stateFolder + "/similarity.lock") {
                try commitAlone(results, of: input, isLast: isLast, &committed)
            }
        } catch {
            for result in results { result.discard(but: committed) }
            throw error
        }
    }

    private func commitAlone(
        _ results: [IndicatorResults],
        of input: InputTable,
        isLast: Bool,
        _ committed: inout Set<ResultTable>
    ) throws -> [IndicatorResults] {
        let version = input.snapshot.version
        let progress = try progress(of: input)
        let taken = results.filter { progress.version(of: $0.indicator) < version }
        for late in results where progress.version(of: late.indicator) >= version { late.discard() }
        let isLast = isLast && progress.currentVersion < version
        guard !taken.isEmpty || isLast else { return [] }
        try LakeFiles.synchronize(taken.flatMap { $0.files.values })
        try Durability.synchronize(taken.compactMap(\.file?.path))
        for table in ResultTable.allCases where table != .weightedDistances {
            try replace(taken, in: table, transactions: [], &committed)
        }
        for result in taken { try publish(result) }
        if let one = taken.first { try AtomicFile.synchronizeFolder(of: file(of: one.indicator)) }
        try replace(
            taken,
            in: .weightedDistances,
            transactions: progress.transactions(
                for: taken.map(\.indicator),
                version: version,
                isLast: isLast
            ),
            &committed
        )
        return taken
    }

    private func replace(
        _ results: [IndicatorResults],
        in table: ResultTable,
        transactions: [DeltaAction],
        _ committed: inout Set<ResultTable>
    ) throws {
        let folder = buckets.lakeTable(table.rawValue)
        let log = DeltaLog(table: folder)
        let indicators = Set(results.map(\.indicator))
        let adds = results.flatMap { $0.files[table]?.adds ?? [] }
        while true {
            let now = UTCTime.nowMicroseconds() / 1_000
            let snapshot = try log.snapshot(using: checkpoints)
            try snapshot.map { try Self.requireOurs($0, table, folder) }
            let removes = (snapshot?.files ?? []).filter {
                $0.partition("indicator_id").map(indicators.contains) ?? false
            }
            if adds.isEmpty, removes.isEmpty, transactions.isEmpty { return }
            var actions: [DeltaAction] = [
                .commitInfo(Self.information(on: results, table: table, now: now))
            ]
            if snapshot == nil { actions += Self.newTable(table, now: now) }
            actions += transactions
            actions += removes.map { .remove($0.removed(at: now)) } + adds.map(DeltaAction.add)
            let version = (snapshot?.version ?? -1) + 1
            do {
                guard try log.commit(actions, as: version) == .committed else { continue }
            } catch {
                if error.mayBeCommitted { committed.insert(table) }
                throw error
            }
            committed.insert(table)
            if let error = log.writeCheckpointIfDue(after: version, now: now, using: checkpoints) {
                HandlerLog.warning("checkpoint not written", ["error": "\(error)"])
            }
            return
        }
    }

    private static func newTable(_ table: ResultTable, now: Int64) -> [DeltaAction] {
        let metadata = Metadata(
            id: UUID().uuidString.lowercased(),
            name: table.rawValue,
            schema: table.schema,
            partitionColumns: ["indicator_id"],
            createdTime: now
        )
        return [.tableProtocol(.ours), .metadata(metadata)]
    }

    private static func information(
        on results: [IndicatorResults],
        table: ResultTable,
        now: Int64
    ) -> CommitInfo {
        let rows = results.reduce(0) { $0 + ($1.files[table]?.recordCount ?? 0) }
        return CommitInfo(
            timestamp: now,
            operation: "WRITE",
            operationParameters: ["mode": "Overwrite", "partitionBy": "[\"indicator_id\"]"],
            totals: ["indicators": Int64(results.count), "rows": rows]
        )
    }

    private static func requireOurs(
        _ snapshot: Snapshot,
        _ table: ResultTable,
        _ folder: String
    ) throws {
        try snapshot.requireWritable(table: folder)
        let names = snapshot.schema.fields.map(\.name)
        guard
            snapshot.metadata.partitionColumns == ["indicator_id"],
            table.schema.fields.allSatisfy({ names.contains($0.name) })
        else {
            throw HandlerError.failure(
                "NotResults",
                """
                \(folder) is a table of another kind (columns \(names.joined(separator: ", "))); \
                results of similarity go there: give the other table another name
                """
            )
        }
    }

    /// Moves an indicator's file into `results`, or removes what is there.
    private func publish(_ result: IndicatorResults) throws(BucketsError) {
        let target = file(of: result.indicator)
        try FilePath.makeFolder(buckets.path(ofBucket: "results"))
        if let file = result.file {
            if rename(file.path, target) != 0 {
                guard errno == EXDEV else {
                    throw BucketsError(step: "rename \(file.path) to \(target)")
                }
                // The bucket is on a disk of its own.
                try AtomicFile.write(try FilePath.read(file.path), to: target)
            }
        } else {
            try FilePath.removeTree(target)
        }
    }

    private func file(of indicator: String) -> String {
        buckets.path(ofBucket: "results") + "/" + LakeFiles.name(ofPartitionValue: indicator)
            + ".csv"
    }
}
