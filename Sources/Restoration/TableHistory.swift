import FunctionConfig
import Verification

/// What the history of one table, in the lake or in the warehouse, tells of versions.
struct TableHistory {
    private let mode: TableSettings.Mode
    private var named: Set<VersionName> = []
    private var newest: [String: Int64] = [:]
    private var removed: [String: Int64] = [:]
    private var greatest: Int64 = 0

    /// Takes the versions that a table names, whether they are still part of it or not.
    init(_ content: TableContent, mode: TableSettings.Mode) {
        self.mode = mode
        for load in content.loads {
            let name = load.name
            named.insert(name)
            newest[name.source] = max(newest[name.source] ?? 0, name.sequencer)
            if load.isCurrent { greatest = max(greatest, name.sequencer) }
        }
        for name in content.removals {
            removed[name.source] = max(removed[name.source] ?? 0, name.sequencer)
        }
    }

    /// Whether the table has had the version, or the removal with its name.
    func names(_ version: VersionName, isRemoval: Bool) -> Bool {
        isRemoval
            ? removed[version.source] ?? 0 >= version.sequencer : named.contains(version)
    }

    /// Whether nothing is left to do for the version: the table has had it, a newer one has taken its
    /// place, or its file was removed from the table since.
    func isDone(with version: VersionName, isRemoval: Bool) -> Bool {
        if names(version, isRemoval: isRemoval) { return true }
        if isRemoval { return false }
        if removed[version.source] ?? 0 > version.sequencer { return true }
        switch mode {
        case .upsert, .replacePartitions: return false
        case .replace where greatest > version.sequencer: return true
        case .append, .replace: return newest[version.source] ?? 0 > version.sequencer
        }
    }
}
