import Synchronization

/// Commits results as they come in, from any thread; one commit at a time.
///
/// A commit costs as much as some small indicators, so those share one. What a killed run has to do
/// again is what came after its last commit: at most so many indicators or pairs.
final class ResultCommits: Sendable {
    private static let indicatorsPerCommit = 128
    private static let pairsPerCommit: Int64 = 1_000_000

    // Used by one thread at a time, the one that set `isCommitting`.
    nonisolated(unsafe) private let lake: ResultLake
    private let input: InputTable
    private let work: Work
    private let state: Mutex<State>

    private struct State {
        var waiting: [IndicatorResults]
        var isCommitting = false
        var total = Total()
    }

    /// Nothing has come yet; what is gone is part of the first commit.
    init(_ lake: ResultLake, _ input: InputTable, _ work: Work) {
        self.lake = lake
        self.input = input
        self.work = work
        state = Mutex(State(waiting: work.gone.map { IndicatorResults(indicator: $0) }))
    }

    /// Takes results, and commits all that wait if they are enough.
    ///
    /// - Throws: What a commit throws; what was to be committed is removed then.
    func add(_ results: IndicatorResults) throws {
        let due = state.withLock { state -> [IndicatorResults] in
            state.waiting.append(results)
            let pairs = state.waiting.reduce(0) { $0 + $1.pairs }
            guard
                !state.isCommitting,
                state.waiting.count >= Self.indicatorsPerCommit || pairs >= Self.pairsPerCommit
            else { return [] }
            state.isCommitting = true
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !due.isEmpty else { return }
        defer { state.withLock { $0.isCommitting = false } }
        try commit(due, isLast: false)
    }

    /// Commits the rest, after which every indicator is current.
    ///
    /// - Returns: What all commits have come to.
    func finish() throws -> Total {
        let rest = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        try commit(rest, isLast: true)
        return state.withLock { $0.total }
    }

    /// Removes the files of what waits.
    func discard() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for result in waiting { result.discard() }
    }

    private func commit(_ results: [IndicatorResults], isLast: Bool) throws {
        let taken = try lake.commit(results, of: input, isLast: isLast)
        state.withLock { $0.total.add(taken, work) }
    }
}
