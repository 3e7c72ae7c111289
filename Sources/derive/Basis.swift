import Buckets
import DeltaTable
import FunctionConfig
import LakeQuery

/// What a derived table is made of: the versions of its sources, the text of its query, its layout.
///
/// The commit notes it as transactions: `derive` holds a fingerprint of everything but versions,
/// `derive/<source>` the version of each source. So whoever comes later knows whether there is
/// anything to do, and what is older never takes the place of what is newer.
struct Basis {
    /// The transaction of the fingerprint; a table that lacks it was not made by `derive`.
    static let name = "derive"

    /// Source versions by table.
    let versions: [String: Int64]
    /// Query, identities of the sources, partitions and order.
    let fingerprint: Int64
    private let logs: [String: DeltaLog]

    /// What a table would be made of now.
    init(_ table: TableSettings, _ query: DerivingQuery, _ sources: [LakeTable]) {
        versions = Dictionary(
            sources.map { ($0.name, $0.snapshot.version) },
            uniquingKeysWith: { first, _ in first }
        )
        logs = Dictionary(
            sources.map { ($0.name, DeltaLog(table: $0.folder)) },
            uniquingKeysWith: { first, _ in first }
        )
        let parts =
            [query.digest] + sources.map { "\($0.name) \($0.snapshot.metadata.id)" }
            + ["partitioned"] + table.partitionBy + ["sorted"] + table.sortBy
        let text = parts.joined(separator: "\n")
        let hash = Array(text.utf8).withUnsafeBytes { ContentDigest.low64(of: $0) }
        fingerprint = Int64(hash & UInt64(Int64.max))
    }

    /// Whether a table was made by the same query of the same rows: commits that came since have at
    /// most rearranged them (`dataChange` false).
    ///
    /// Where a log does not tell any more, rows may have changed.
    func hasSameRows(as snapshot: Snapshot?) throws(DeltaError) -> Bool {
        guard let snapshot, snapshot.transactions[Self.name] == fingerprint else { return false }
        for (source, version) in versions {
            guard let known = snapshot.transactions[Self.name(of: source)], known <= version,
                let log = logs[source]
            else { return false }
            for commit in stride(from: known + 1, through: version, by: 1) {
                guard let actions = try log.actions(at: commit), !actions.changeRows else {
                    return false
                }
            }
        }
        return true
    }

    /// Whether a table was made by the same query of a newer version of some source.
    func isOlder(than snapshot: Snapshot?) -> Bool {
        guard let snapshot, snapshot.transactions[Self.name] == fingerprint else { return false }
        return versions.contains { source, version in
            snapshot.transactions[Self.name(of: source)] ?? -1 > version
        }
    }

    /// What a commit notes.
    func transactions(at now: Int64) -> [DeltaAction] {
        let versions = versions.sorted { $0.key < $1.key }
            .map { Transaction(appId: Self.name(of: $0.key), version: $0.value, lastUpdated: now) }
        let own = Transaction(appId: Self.name, version: fingerprint, lastUpdated: now)
        return ([own] + versions).map { .transaction($0) }
    }

    private static func name(of source: String) -> String { "\(name)/\(source)" }
}
