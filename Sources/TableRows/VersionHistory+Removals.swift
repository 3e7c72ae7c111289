import DuckDB
import FunctionConfig

extension VersionHistory {
    /// What the name of a removal begins with where it stands beside the names of versions.
    ///
    /// No bucket begins with a dot.
    public static let removalPrefix = ".removed/"

    /// What stands for the newest replay where the names of versions stand.
    public static let replayName = ".replayed"

    /// Whether a removal is still to be done.
    public func isDue(removal: Version) -> Bool {
        removals[removal.source] ?? -1 < removal.sequencer
    }

    /// The newest of several removals of each source, oldest first.
    public static func newest(of removals: [Version]) -> [Version] {
        Dictionary(removals.map { ($0.source, $0) }) { $0.sequencer > $1.sequencer ? $0 : $1 }
            .values.sorted { $0.sequencer < $1.sequencer }
    }

    /// The versions that removals end.
    public func ended(by removals: [Version]) -> Set<Version> {
        versions.subtracting(removing(removals).versions)
    }

    /// The history after removals.
    public func removing(_ removals: [Version]) -> VersionHistory {
        var all = self.removals
        for removal in removals {
            all[removal.source] = max(all[removal.source] ?? -1, removal.sequencer)
        }
        return VersionHistory(mode: mode, versions: versions, removals: all)
    }
}

extension VersionHistory.Version {
    /// SQL that holds for the rows that a removal of this name takes out; null for rows of other
    /// programs.
    public var leaves: String { "(_source = \(SQL.literal(source)) AND _seq < \(sequencer))" }
}
