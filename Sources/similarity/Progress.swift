import Buckets
import DeltaTable
import FunctionConfig

/// What the log of `weighted_distances` says of how far results have come.
///
/// Transactions of that table: `similarity` holds a fingerprint of the settings that all results
/// were made with; `similarity/<table>` the input version as of which every indicator was current;
/// `similarity/<table>/<indicator>` the input version that an indicator's results are of.
struct Progress {
    private let table: String
    private let transactions: [String: Int64]
    private let fingerprint: Int64

    /// Reads the progress.
    ///
    /// - Parameters:
    ///   - results: The state of `weighted_distances`; `nil` where there is no such table yet.
    ///   - input: The table that results are of.
    ///   - settings: How they are made.
    init(
        _ results: Snapshot?,
        of input: InputTable,
        settings: TableSettings.SimilaritySettings
    ) {
        table = input.name
        transactions = results?.transactions ?? [:]
        let description = """
            \(input.name) \(input.snapshot.metadata.id) \(settings.perInterval) \
            \(settings.topK.map(String.init) ?? "all")\(settings.file ? "" : " without files")
            """
        let hash = Array(description.utf8).withUnsafeBytes { ContentDigest.low64(of: $0) }
        fingerprint = Int64(hash & UInt64(Int64.max))
    }

    /// Whether there are results of other settings or of another table of that name: none of them
    /// is current, whatever its version.
    var isOutdated: Bool {
        transactions[Self.settingsID].map { $0 != fingerprint } ?? false
    }

    /// The input version as of which every indicator was current; -1 where none was.
    var currentVersion: Int64 { isOutdated ? -1 : transactions[tableID] ?? -1 }

    /// The input version that an indicator's results are of; -1 where there are none.
    func version(of indicator: String) -> Int64 {
        isOutdated ? -1 : transactions[id(of: indicator)] ?? -1
    }

    /// Every indicator that results were ever made of.
    var indicators: Set<String> {
        let prefix = tableID + "/"
        return Set(
            transactions.keys.filter { $0.hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)) }
        )
    }

    /// The transactions of a commit.
    ///
    /// - Parameters:
    ///   - done: Indicators whose results the commit brings up to date.
    ///   - version: The input version they are of.
    ///   - isLast: Whether every indicator is current after it.
    /// - Returns: Actions; the first commit after a change of settings also says of all other
    ///   indicators that they are not current.
    func transactions(
        for done: [String],
        version: Int64,
        isLast: Bool
    ) -> [DeltaAction] {
        var versions = [Self.settingsID: fingerprint]
        if isOutdated {
            versions[tableID] = -1
            for indicator in indicators { versions[id(of: indicator)] = -1 }
        }
        for indicator in done { versions[id(of: indicator)] = version }
        if isLast { versions[tableID] = version }
        return versions.sorted { $0.key < $1.key }
            .map { .transaction(Transaction(appId: $0.key, version: $0.value)) }
    }

    private static let settingsID = "similarity"
    private var tableID: String { Self.settingsID + "/" + table }
    private func id(of indicator: String) -> String { tableID + "/" + indicator }
}
