import DeltaTable
import Events
import FunctionConfig
import TableRows

/// How object versions stand in a table's transactions.
///
/// Each key is an application; where older versions of a key count beside newer ones (modes `upsert`
/// and `replace_partitions`), each version.
/// Source: Delta Lake protocol, "Transaction Identifiers".
enum Transactions {
    /// The application of a version: its source, where all versions count with the sequencer behind.
    static func name(_ version: VersionHistory.Version, mode: TableSettings.Mode) -> String {
        guard mode.countsAllVersions else { return version.source }
        let sequencer = Sequencer(rawValue: UInt64(version.sequencer))
        return "\(version.source)@\(sequencer)"
    }

    /// The versions that a snapshot tells of.
    static func history(
        of snapshot: Snapshot?,
        mode: TableSettings.Mode
    ) -> VersionHistory {
        var versions: Set<VersionHistory.Version> = []
        var removals: [String: Int64] = [:]
        for (name, sequencer) in snapshot?.transactions ?? [:] {
            if name == VersionHistory.replayName { continue }
            if name.hasPrefix(VersionHistory.removalPrefix) {
                removals[String(name.dropFirst(VersionHistory.removalPrefix.count))] = sequencer
            } else {
                versions.insert(.init(source: source(of: name, sequencer), sequencer: sequencer))
            }
        }
        return VersionHistory(mode: mode, versions: versions, removals: removals)
    }

    /// The source that an application names, also one of a time when the table had another mode.
    private static func source(of name: String, _ sequencer: Int64) -> String {
        let ending = "@\(Sequencer(rawValue: UInt64(sequencer)))"
        return name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name
    }
}
