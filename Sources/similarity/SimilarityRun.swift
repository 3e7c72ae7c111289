import Dispatch
import DuckDB
import Events
import Glibc
import HandlerRuntime
import Synchronization

/// Works through indicators: small ones side by side, then large ones, each with all cores.
///
/// Results are committed as they come: a run that is killed is taken up after its last commit.
final class SimilarityRun: Sendable {
    /// An indicator with more rows, or more pairs, is large.
    private static let mostRows = 65_536
    private static let mostPairs = 1 << 20
    /// Rows of small indicators that are read at once.
    private static let rowsAtOnce = 1 << 18

    // Its connections are used by one thread each.
    nonisolated(unsafe) private let database: Database
    private let input: InputTable
    private let writer: ResultWriter
    private let commits: ResultCommits
    private let memory: Int
    private let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    private let state: Mutex<State>

    private struct State {
        /// Small indicators that are not yet read.
        var small: [Work.Stale]
        var large: [Work.Stale]
        var failure: (any Error)?
    }

    /// Prepares to work.
    ///
    /// - Parameters:
    ///   - work: The indicators.
    ///   - input: The table they are in.
    ///   - database: Reads the table.
    ///   - writer: Writes results.
    ///   - commits: Takes them.
    ///   - memory: What the process may use, in bytes.
    init(
        _ work: Work,
        _ input: InputTable,
        _ database: consuming Database,
        _ writer: ResultWriter,
        _ commits: ResultCommits,
        memory: Int
    ) {
        self.input = input
        self.database = database
        self.writer = writer
        self.commits = commits
        self.memory = memory
        state = Mutex(
            State(
                // Taken from the end.
                small: work.stale.filter { $0.rows <= Self.mostRows }.reversed(),
                large: work.stale.filter { $0.rows > Self.mostRows }
            )
        )
    }

    /// Does the work; nothing of it is left uncommitted.
    ///
    /// - Returns: What it has come to.
    /// - Throws: The first error; what was computed and not committed is removed.
    func run() throws -> Total {
        do {
            DispatchQueue.concurrentPerform(iterations: cores) { _ in workThroughSmall() }
            if let failure = state.withLock({ $0.failure }) { throw failure }
            try computeLarge()
            return try commits.finish()
        } catch {
            commits.discard()
            throw error
        }
    }

    private func workThroughSmall() {
        do {
            guard var batch = nextBatch() else { return }
            let connection = try database.connect()
            while true {
                try compute(batch, connection)
                guard let next = nextBatch() else { return }
                batch = next
            }
        } catch {
            state.withLock { state in if state.failure == nil { state.failure = error } }
        }
    }

    /// The next small indicators, as many as are read at once; `nil` where there are none left, or
    /// something has failed.
    private func nextBatch() -> [Work.Stale]? {
        // A table that must be read as a whole for any of its rows is read seldom.
        let most = input.isCheapInParts ? Self.rowsAtOnce : memory / 8 / IndicatorRows.bytesPerRow
        return state.withLock { state in
            guard state.failure == nil else { return nil }
            var batch: [Work.Stale] = []
            var rows = 0
            while let next = state.small.last, batch.isEmpty || rows + next.rows <= most {
                batch.append(next)
                rows += next.rows
                state.small.removeLast()
            }
            return batch.isEmpty ? nil : batch
        }
    }

    private func compute(_ batch: [Work.Stale], _ connection: borrowing Connection) throws {
        let names = batch.map(\.indicator)
        var read = try IndicatorRows.read(input.rows(of: names), connection)
        for stale in batch {
            let rows = read.removeValue(forKey: stale.indicator) ?? IndicatorRows()
            let size = rows.size
            if size.pairs > Self.mostPairs || size.packedBytes > memory / 8 / cores {
                state.withLock { $0.large.append(stale) }
                continue
            }
            let results = try writer.write(
                rows.named(stale.indicator),
                memory: memory / 5 / cores,
                isParallel: false,
                now: UTCTime.nowMicroseconds() / 1_000
            )
            try commits.add(results)
        }
    }

    private func computeLarge() throws {
        let large = state.withLock { $0.large }
        guard !large.isEmpty else { return }
        let connection = try database.connect()
        for stale in large { try compute(stale, connection) }
    }

    private func compute(_ stale: Work.Stale, _ connection: borrowing Connection) throws {
        let most = memory / 100 * 35
        try require(
            stale.rows * IndicatorRows.bytesPerRow,
            ofAtMost: most,
            "indicator \(stale.indicator) has \(stale.rows) rows"
        )
        let query = input.rows(of: [stale.indicator])
        let rows = try IndicatorRows.read(query, connection)[stale.indicator] ?? IndicatorRows()
        let size = rows.size
        try require(
            size.packedBytes,
            ofAtMost: most,
            """
            indicator \(stale.indicator) has \(size.locales) locales, \(size.intervals) intervals \
            and \(size.dimensions) dimensions
            """
        )
        let results = try writer.write(
            rows.named(stale.indicator),
            memory: memory / 5,
            isParallel: true,
            now: UTCTime.nowMicroseconds() / 1_000
        )
        try commits.add(results)
    }

    private func require(_ bytes: Int, ofAtMost most: Int, _ reason: String) throws(HandlerError) {
        guard bytes > most else { return }
        throw .failure(
            "TooLittleMemory",
            """
            \(reason), which take \(bytes >> 20) MiB of the \(most >> 20) MiB set aside for them; \
            raise the function's memory
            """
        )
    }
}
