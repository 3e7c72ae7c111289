import Buckets
import Events
import FunctionConfig
import Glibc
import Ledger

/// Lets `derive` look at its tables once when the settings name a new one, or another query for one.
///
/// Commits that came before are delivered already, so nothing else would tell it.
struct ChangedQueries {
    let config: FunctionConfig
    let buckets: BucketsFolder

    /// Notes how tables are derived and, where that differs from what was noted before, records an
    /// event for the trigger that waits for commits.
    func note(in ledger: Ledger) async throws {
        let tables = config.derivedTables.filter { $0.derivation?.refresh == .onCommit }
        let deriving = Set(config.functions.filter { $0.handler == "derive" }.map(\.name))
        let trigger = config.triggers.first { trigger in
            guard deriving.contains(trigger.function), case .bucket = trigger.source else {
                return false
            }
            return true
        }
        guard !tables.isEmpty, let trigger else { return }
        let (value, hasSource) = await WorkThread(name: "sluice.queries").perform { [buckets] in
            (Self.fingerprint(of: tables), Self.hasSource(tables, in: buckets))
        }
        let plan = DeliveryPlan(trigger: trigger.id, function: trigger.function)
        // Without a source there is nothing to make yet, and its first commit will tell.
        try await ledger.fire(
            onChangeOf: "derived_tables",
            to: value,
            hasSource ? plan : nil,
            at: UTCTime.nowMicroseconds()
        )
    }

    /// A number that is another one where a table, its sources, query or layout are others.
    private static func fingerprint(of tables: [TableSettings]) -> Int64 {
        var text = ""
        for table in tables {
            guard let derivation = table.derivation else { continue }
            let query = (try? FilePath.read(derivation.query)) ?? []
            let digest = query.withUnsafeBytes { ContentDigest.eTag(of: $0) }
            let parts =
                [table.name, digest, "from"] + derivation.from + ["partitioned"] + table.partitionBy
                + ["sorted"] + table.sortBy
            text += parts.joined(separator: " ") + "\n"
        }
        let hash = Array(text.utf8).withUnsafeBytes { ContentDigest.low64(of: $0) }
        return Int64(hash & UInt64(Int64.max))
    }

    private static func hasSource(_ tables: [TableSettings], in buckets: BucketsFolder) -> Bool {
        tables.flatMap { $0.derivation?.from ?? [] }.contains { source in
            access(buckets.lakeTable(source) + "/_delta_log", F_OK) == 0
        }
    }
}
